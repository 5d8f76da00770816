//! `SCATTER_ND`: rows added to a tensor of zeros where indices say.
//!
//! Inputs: the rows; lists of indices, one per row. Output: [`ScatterNd::shape`]; see [`index`] for
//! indices outside it. The numbers of quantised integers are added as they are; sums wrap, those of
//! truth values are true if one of them is.

pub(super) mod cases;
mod export;
mod import;

use super::common::movement;
use super::common::movement::index::{self, Along};
use super::{Arg, Call, Kernel, Lowering, OpDef, OpError, Site, Source};
use crate::tensor::{DType, Data, Element, Shape, TensorType};

/// Attributes of a scattered sum.
#[derive(Debug, Clone, PartialEq)]
pub struct ScatterNd {
    /// The output's shape.
    pub shape: Shape,
}

const SCATTER: Source = Source { file: "smidgen_scatter_nd.h", text: include_str!("scatter_nd.h") };

impl OpDef for ScatterNd {
    const NAME: &'static str = "SCATTER_ND";
    const TYPES: &'static [DType] =
        &[DType::I8, DType::I32, DType::I64, DType::F32, DType::Bool, DType::U8];
    const KERNELS: &'static [Kernel<Self>] =
        &[Kernel { name: "scatter_nd", needs: &[], accepts: |_, _| true, lower }];

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let &[rows, indices] = inputs else {
            return Err(OpError::inconsistent("needs two inputs"));
        };
        let fits = indices.shape.dims().split_last().is_some_and(|(&depth, outer)| {
            let row = self.shape.dims().get(depth..);
            row.is_some_and(|row| rows.shape.dims() == [outer, row].concat())
        });
        if fits {
            return Ok(vec![(rows.dtype, self.shape.clone())]);
        }
        let text = format!("indices {} place no rows {}", indices.shape, rows.shape);
        Err(OpError::inconsistent(format!("{text} in {}", self.shape)))
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        movement::check_first(site, Self::TYPES, 1)?;
        index::check(site, 1, &self.axes(site))
    }

    fn work(&self, site: &Site) -> u64 {
        (site.input(0).shape.elements() + self.shape.elements()) as u64
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        let places = index::numbers(inputs[1]);
        let axes = self.axes(site);
        let places = places.chunks(axes.len()).map(|list| index::place(&axes, list)).collect();
        let sum = Sum { places, elements: self.shape.elements() };
        vec![match inputs[0] {
            Data::I8(rows) => sum.of(rows, i8::wrapping_add),
            Data::U8(rows) => sum.of(rows, u8::wrapping_add),
            Data::I16(rows) => sum.of(rows, i16::wrapping_add),
            Data::I32(rows) => sum.of(rows, i32::wrapping_add),
            Data::I64(rows) => sum.of(rows, i64::wrapping_add),
            Data::F32(rows) => sum.of(rows, |a, b| a + b),
            Data::Bool(rows) => sum.of(rows, |a, b| a | b),
        }]
    }
}

struct Sum {
    /// The first element of each row in the output.
    places: Vec<usize>,
    elements: usize,
}

impl Sum {
    fn of<T: Element>(&self, rows: &[T], add: impl Fn(T, T) -> T) -> Data {
        let mut output = vec![T::default(); self.elements];
        let length = rows.len() / self.places.len();
        for (&place, row) in self.places.iter().zip(rows.chunks(length)) {
            for (sum, &element) in output[place..].iter_mut().zip(row) {
                *sum = add(*sum, element);
            }
        }
        T::data(output)
    }
}

impl ScatterNd {
    fn axes(&self, site: &Site) -> Vec<Along> {
        let along = self.shape.dims().iter().zip(self.shape.strides());
        let along = along.take(site.input(1).shape.last());
        along.map(|(&places, step)| Along::axis(places, step)).collect()
    }
}

fn lower(op: &ScatterNd, site: &Site) -> Lowering {
    let axes = op.axes(site);
    // Places count elements here.
    let (mut lowered, indices) = index::lower(site, 1, &axes, 1);
    lowered.sources.push(SCATTER);
    let count = site.input(1).shape.elements() / axes.len();
    let mut args = vec![
        ("from", Arg::Input(0)),
        ("to", Arg::Output(0)),
        ("elements", Arg::size(op.shape.elements())),
    ];
    args.extend(indices);
    args.extend([
        ("count", Arg::size(count)),
        ("length", Arg::size(site.input(0).shape.elements() / count)),
    ]);
    let function = match site.input(0).dtype {
        DType::I64 => "smidgen_scatter_nd_64",
        DType::I32 => "smidgen_scatter_nd_32",
        DType::F32 => "smidgen_scatter_nd_f32",
        DType::Bool => "smidgen_scatter_nd_bool",
        _ => "smidgen_scatter_nd_8",
    };
    lowered.calls.push(Call { function, args });
    Lowering::Code(lowered)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::case::{plain, problem};
    use crate::tensor::Quant;

    fn check(op: ScatterNd, shapes: [&[usize]; 2], indices: DType, says: &str) {
        let types = [plain(DType::F32, shapes[0]), plain(indices, shapes[1])];
        let text = problem(op, &types, &[Quant::None]);
        assert!(text.as_ref().is_some_and(|text| text.contains(says)), "{text:?}");
    }

    #[test]
    fn rows_must_have_places() {
        let into = |dims: &[usize]| ScatterNd { shape: Shape::new(dims).unwrap() };
        check(into(&[4, 2]), [&[3, 3], &[3, 1]], DType::I32, "place no rows");
        check(into(&[4, 2]), [&[3], &[3, 3]], DType::I32, "place no rows");
        check(into(&[4, 2]), [&[3, 2], &[3, 1]], DType::Bool, "must be int32 or int64");
    }
}
