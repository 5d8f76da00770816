//! Conformance cases of `PAD`.

use super::Pad;
use crate::ops::case::Case;
use crate::ops::common::movement::cases::Cases;
use crate::tensor::{DType, Data};

pub(crate) fn cases() -> Vec<Case> {
    Cases::new()
        .with("vector", by(&[[2, 3]]), &[&[5]], None)
        .with("matrix", by(&[[1, 0], [0, 4]]), &[&[3, 2]], None)
        .with("every_axis", by(&[[1, 0], [2, 1], [0, 3], [1, 2]]), &[&[2, 1, 3, 2]], None)
        .with("image", by(&[[0, 0], [1, 1], [1, 1], [0, 0]]), &[&[1, 3, 4, 8]], None)
        .with("channels", by(&[[0, 0], [0, 0], [0, 0], [0, 12]]), &[&[1, 4, 4, 12]], None)
        .with("nothing", by(&[[0, 0], [0, 0]]), &[&[2, 3]], None)
        .with("large", by(&[[0, 0], [20, 30], [7, 0], [0, 0]]), &[&[1, 2, 1, 1]], None)
        .with(
            "rank_8",
            by(&[[0, 1], [1, 0], [0, 0], [1, 1], [0, 1], [1, 0], [0, 1], [1, 2]]),
            &[&[2, 2, 2, 2, 2, 1, 2, 2]],
            None,
        )
        .finish()
}

/// Values that no element type repeats in its bytes.
fn by(amounts: &[[usize; 2]]) -> impl Fn(DType) -> Pad {
    let amounts = amounts.to_vec();
    move |dtype| {
        let value = match dtype {
            DType::I8 => Data::I8(vec![-3]),
            DType::U8 => Data::U8(vec![200]),
            DType::I16 => Data::I16(vec![0x0102]),
            DType::I32 => Data::I32(vec![0x0102_0304]),
            DType::I64 => Data::I64(vec![0x0102_0304_0506_0708]),
            DType::F32 => Data::F32(vec![0.1]),
            DType::Bool => Data::Bool(vec![true]),
        };
        Pad { amounts: amounts.clone(), value }
    }
}
