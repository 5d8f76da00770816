//! Kernels of `RESIZE_NEAREST_NEIGHBOR` and `RESIZE_BILINEAR`.

use super::{Method, Resize};
use crate::ops::common::COMMON;
use crate::ops::{Arg, CArray, Call, Constant, Kernel, Lowered, Lowering, Site, Source};
use crate::tensor::DType;

pub(super) const TABLE: &[Kernel<Resize>] = &[
    Kernel {
        name: "resize_nearest",
        needs: &[],
        accepts: |op, _| op.method == Method::Nearest,
        lower: lower_nearest,
    },
    Kernel {
        name: "resize_bilinear",
        needs: &[],
        accepts: |op, site| op.method == Method::Bilinear && site.input(0).dtype != DType::F32,
        lower: lower_bilinear,
    },
    Kernel {
        name: "resize_bilinear_f32",
        needs: &[],
        accepts: |_, _| true,
        lower: lower_bilinear_f32,
    },
];

const NEAREST: Source =
    Source { file: "smidgen_resize_nearest.h", text: include_str!("resize_nearest.h") };
const BILINEAR: Source =
    Source { file: "smidgen_resize_bilinear.h", text: include_str!("resize_bilinear.h") };
const BILINEAR_F32: Source =
    Source { file: "smidgen_resize_bilinear_f32.h", text: include_str!("resize_bilinear_f32.h") };

/// Sizes that all kernels take.
fn sizes(site: &Site) -> [(&'static str, Arg); 5] {
    let (x, y) = (site.input(0).shape.dims(), site.output(0).shape.dims());
    [
        ("batches", Arg::size(x[0])),
        ("in_height", Arg::size(x[1])),
        ("in_width", Arg::size(x[2])),
        ("out_height", Arg::size(y[1])),
        ("out_width", Arg::size(y[2])),
    ]
}

/// `f` of the input's and the output's rows, and of their columns.
fn sides<T>(site: &Site, f: impl Fn(usize, usize) -> T) -> [T; 2] {
    [1, 2].map(|axis| f(site.input(0).shape[axis], site.output(0).shape[axis]))
}

fn lower_nearest(op: &Resize, site: &Site) -> Lowering {
    let [rows, columns] = sides(site, |from, to| {
        let sources = op.nearest(from, to).into_iter();
        CArray::I16(sources.map(|source| source as i16).collect())
    });
    let x = site.input(0);
    let mut args = vec![
        ("input", Arg::Input(0)),
        ("output", Arg::Output(0)),
        ("source_rows", Arg::Constant(0)),
        ("source_columns", Arg::Constant(1)),
    ];
    args.extend(sizes(site));
    args.push(("pixel_bytes", Arg::size(x.shape.last() * x.dtype.bytes())));
    Lowering::Code(Lowered {
        sources: vec![COMMON, NEAREST],
        constants: vec![
            Constant { name: "rows", is_weight: false, data: rows },
            Constant { name: "columns", is_weight: false, data: columns },
        ],
        calls: vec![Call { function: "smidgen_resize_nearest", args }],
        ..Lowered::default()
    })
}

fn lower_bilinear(op: &Resize, site: &Site) -> Lowering {
    let [y, x] = sides(site, |from, to| op.scale_10(from, to) as i32);
    let offset = |scale: i32| if op.half_pixel_centers { scale / 2 - 512 } else { 0 };
    let ty = site.input(0);
    let mut args = vec![("input", Arg::Input(0)), ("output", Arg::Output(0))];
    args.extend(sizes(site));
    args.extend([
        ("channels", Arg::size(ty.shape.last())),
        ("bytes", Arg::size(ty.dtype.bytes())),
        ("scale_y", Arg::Int(y)),
        ("scale_x", Arg::Int(x)),
        ("offset_y", Arg::Int(offset(y))),
        ("offset_x", Arg::Int(offset(x))),
    ]);
    Lowering::Code(Lowered {
        sources: vec![COMMON, BILINEAR],
        calls: vec![Call { function: "smidgen_resize_bilinear", args }],
        ..Lowered::default()
    })
}

fn lower_bilinear_f32(op: &Resize, site: &Site) -> Lowering {
    let [y, x] = sides(site, |from, to| op.scale(from, to));
    let mut args = vec![("input", Arg::Input(0)), ("output", Arg::Output(0))];
    args.extend(sizes(site));
    args.extend([
        ("channels", Arg::size(site.input(0).shape.last())),
        ("is_unsigned", Arg::Int((op.method == Method::BilinearInFloat).into())),
        ("centers", Arg::Int(op.half_pixel_centers.into())),
        ("scale_y", Arg::Float(y)),
        ("scale_x", Arg::Float(x)),
    ]);
    Lowering::Code(Lowered {
        sources: vec![COMMON, BILINEAR_F32],
        calls: vec![Call { function: "smidgen_resize_bilinear_f32", args }],
        ..Lowered::default()
    })
}
