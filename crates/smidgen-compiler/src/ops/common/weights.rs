//! Weights that 4 bits hold are stored two to a byte.

use super::Source;
use crate::ops::{Arg, CArray, Constant};

/// Reads weights of 4 and 8 bits.
pub(crate) const WEIGHTS: Source =
    Source { file: "smidgen_weights.h", text: include_str!("smidgen_weights.h") };

/// Fewer weights are not worth the code that unpacks them.
const WORTHWHILE: usize = 64;

/// The weights as a constant `filter`, packed if 4 bits hold each, and the argument that says so.
pub(crate) fn filter(weights: Vec<i8>) -> (Constant, (&'static str, Arg)) {
    let (data, bits) = if are_small(&weights) { (packed(&weights), 4) } else { (weights, 8) };
    (
        Constant { name: "filter", is_weight: true, data: CArray::I8(data) },
        ("filter_bits", Arg::Int(bits)),
    )
}

/// Whether the weights are packed.
pub(crate) fn are_small(weights: &[i8]) -> bool {
    weights.len() >= WORTHWHILE && weights.iter().all(|w| (-8..8).contains(w))
}

/// Two numbers of 4 bits to a byte, the first in the lower half.
fn packed(weights: &[i8]) -> Vec<i8> {
    let pair = |pair: &[i8]| (pair[0] & 15) | pair.get(1).map_or(0, |second| second << 4);
    weights.chunks(2).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(weights: &[i8], bytes: usize, bits: i32) {
        let (constant, (_, argument)) = filter(weights.to_vec());
        assert_eq!((constant.data.bytes(), argument), (bytes, Arg::Int(bits)));
    }

    #[test]
    fn the_first_is_low() {
        assert_eq!(packed(&[-8, 7, -1]), [0x78, 0x0f]);
    }

    #[test]
    fn many_small_weights_are_packed() {
        check(&[-8; 65], 33, 4);
        check(&[7; 63], 63, 8);
        check(&[8; 65], 65, 8);
    }
}
