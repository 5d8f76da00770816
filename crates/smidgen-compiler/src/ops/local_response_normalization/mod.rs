//! `LOCAL_RESPONSE_NORMALIZATION`: elements divided by a power of the sum of squares of the channels
//! around them.
//!
//! Input: float32 of rank 1 or more, channels last. Output: the same shape.

pub(super) mod cases;
mod export;
mod import;

use super::common::{COMMON, FLOAT_FUNCTIONS, FLOAT_MATH, float_math, unary};
use super::{Arg, Call, Kernel, Lowered, Lowering, OpDef, OpError, Site, Source, keeps_last};
use crate::tensor::{DType, Data, Shape, TensorType};

/// Attributes of a normalisation: `y = x / (bias + alpha * sum of squares)^beta`.
#[derive(Debug, Clone, PartialEq)]
pub struct LocalResponseNormalization {
    /// Channels before an element that count; of those from it on, as many with it.
    pub radius: usize,
    /// Added to the sum.
    pub bias: f32,
    /// Factor of the sum.
    pub alpha: f32,
    /// The exponent.
    pub beta: f32,
}

impl OpDef for LocalResponseNormalization {
    const NAME: &'static str = "LOCAL_RESPONSE_NORMALIZATION";
    const TYPES: &'static [DType] = &[DType::F32];
    const KERNELS: &'static [Kernel<Self>] =
        &[Kernel { name: "local_response_normalization", needs: &[], accepts: |_, _| true, lower }];

    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        unary::infer_rows(inputs)
    }

    fn permuted(&self, axes: &[usize]) -> Option<Self> {
        keeps_last(axes).then(|| self.clone())
    }

    fn check(&self, site: &Site) -> Result<(), OpError> {
        site.same_dtype(Self::TYPES).map(|_| ())
    }

    fn work(&self, site: &Site) -> u64 {
        let shape = &site.input(0).shape;
        let window = self.radius.saturating_mul(2).min(shape.last());
        (shape.elements() as u64).saturating_mul(window as u64 + 1)
    }

    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
        let channels = site.input(0).shape.last();
        let rows = inputs[0].get::<f32>().chunks(channels);
        vec![Data::F32(rows.flat_map(|row| self.row(row)).collect())]
    }
}

impl LocalResponseNormalization {
    fn row(&self, row: &[f32]) -> Vec<f32> {
        let scaled = |(channel, x): (usize, &f32)| {
            let from = channel.saturating_sub(self.radius);
            let to = channel.saturating_add(self.radius).min(row.len());
            let squares = row[from..to].iter().fold(0.0, |sum, x| sum + x * x);
            let base = self.bias + self.alpha * squares;
            x * float_math::exp(-self.beta * float_math::log(base))
        };
        row.iter().enumerate().map(scaled).collect()
    }
}

const SOURCE: Source = Source {
    file: "smidgen_local_response_normalization.h",
    text: include_str!("local_response_normalization.h"),
};

fn lower(op: &LocalResponseNormalization, site: &Site) -> Lowering {
    let shape = &site.input(0).shape;
    let args = vec![
        ("x", Arg::Input(0)),
        ("y", Arg::Output(0)),
        ("rows", Arg::size(shape.elements() / shape.last())),
        ("channels", Arg::size(shape.last())),
        ("radius", Arg::size(op.radius.min(shape.last()))),
        ("bias", Arg::Float(op.bias)),
        ("alpha", Arg::Float(op.alpha)),
        ("beta", Arg::Float(op.beta)),
    ];
    Lowering::Code(Lowered {
        sources: vec![COMMON, FLOAT_MATH, FLOAT_FUNCTIONS, SOURCE],
        calls: vec![Call { function: "smidgen_local_response_normalization", args }],
        ..Lowered::default()
    })
}
