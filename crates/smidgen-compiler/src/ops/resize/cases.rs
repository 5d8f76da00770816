//! Conformance cases of `RESIZE_NEAREST_NEIGHBOR` and `RESIZE_BILINEAR`.

use super::{Method, Resize};
use crate::ops::case::{Case, int8, int16, plain};
use crate::tensor::{DType, TensorType};

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let types = |dims: &[usize]| {
        vec![
            int8(dims, 0.1, -5),
            int16(dims, 0.1),
            plain(DType::I32, dims),
            plain(DType::F32, dims),
        ]
    };
    for (name, dims, size) in [
        ("enlarge", [1, 3, 4, 3], [7, 9]),
        ("shrink", [2, 7, 5, 1], [3, 2]),
        ("one_to_many", [1, 1, 2, 2], [70, 1]),
    ] {
        for ty in types(&dims) {
            for method in [Method::Nearest, Method::Bilinear, Method::BilinearInFloat] {
                let op = |align_corners, half_pixel_centers| Resize {
                    method,
                    size,
                    align_corners,
                    half_pixel_centers,
                };
                if op(false, false).types().contains(&ty.dtype) {
                    cases.extend([
                        case(&format!("{name}_corners"), op(true, false), &ty),
                        case(&format!("{name}_centers"), op(false, true), &ty),
                    ]);
                }
            }
        }
    }
    cases
}

fn case(name: &str, op: Resize, ty: &TensorType) -> Case {
    let name = format!("{name}_{:?}_{}", op.method, ty.dtype).to_lowercase();
    Case::new(&name, op, vec![(ty.clone(), None)], std::slice::from_ref(&ty.quant))
}
