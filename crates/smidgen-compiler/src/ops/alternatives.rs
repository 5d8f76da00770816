//! What the author of a model can use in place of an operator that is not supported.

use super::Op;
use crate::reader::tflite::{BuiltinOperator as B, operator_name};

/// An operator that is not supported, one that is, and how the one stands for the other.
const ALTERNATIVES: &[(B, B, &str)] = &[
    (B::Conv3dTranspose, B::TransposeConv, "it convolves over two axes"),
    (B::EmbeddingLookupSparse, B::EmbeddingLookup, "it looks up one row per index"),
    (B::MatrixDiag, B::Mul, "multiply by an identity matrix, which broadcasts the diagonal"),
    (B::MatrixSetDiag, B::SelectV2, "choose with a constant mask of the diagonal"),
    (B::SparseToDense, B::ScatterNd, "it writes values at indices into zeros"),
];

/// Advice for a TFLite operator that is not supported, if there is a supported one that comes near.
pub fn alternative(operator: B) -> Option<String> {
    let (_, instead, how) = ALTERNATIVES.iter().find(|(missing, ..)| *missing == operator)?;
    let supported =
        Op::supported().iter().any(|row| row.tflite.iter().any(|claim| claim.builtin == *instead));
    supported.then(|| format!("`{}` comes near: {how}", operator_name(*instead)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_not_supported_needs_an_alternative() {
        let supported: Vec<B> =
            Op::supported().iter().flat_map(|row| &row.tflite).map(|claim| claim.builtin).collect();
        for (missing, ..) in ALTERNATIVES {
            assert!(!supported.contains(missing), "{missing:?} is supported: remove its row");
        }
    }

    #[test]
    fn advice_names_a_supported_operator() {
        let advice = alternative(B::SparseToDense).unwrap();
        assert!(advice.starts_with("`SCATTER_ND`"), "{advice}");
        assert_eq!(alternative(B::Conv2d), None);
    }
}
