//! Conformance cases: one operator at one site with random constants.
//!
//! Every case runs through the reference, the generated C on the host and on every emulated core,
//! which must all agree.

use super::Op;
use crate::tensor::{DType, Data, Quant, Shape, TensorType};

/// One operator with its operands' types, constants and outputs.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Unique name among the operator's cases, in snake case.
    pub name: String,
    /// The operator.
    pub op: Op,
    /// Types of the inputs, with data for constants.
    pub inputs: Vec<(TensorType, Option<Data>)>,
    /// Types of the outputs.
    pub outputs: Vec<TensorType>,
}

impl Case {
    /// A case whose output shapes the operator infers. `quants` are the outputs' quantisations.
    ///
    /// # Panics
    /// If the operator refuses the inputs: cases are written to be legal.
    pub fn new(
        name: &str,
        op: impl Into<Op>,
        inputs: Vec<(TensorType, Option<Data>)>,
        quants: &[Quant],
    ) -> Self {
        let op = op.into();
        let types: Vec<_> = inputs.iter().map(|(ty, _)| ty).collect();
        let inferred = op.infer(&types).expect("a case must be legal");
        assert_eq!(inferred.len(), quants.len(), "{name}: one quantisation per output");
        let typed = |((dtype, shape), quant): ((DType, Shape), &Quant)| TensorType {
            dtype,
            shape,
            quant: quant.clone(),
        };
        let outputs = inferred.into_iter().zip(quants).map(typed).collect();
        Self { name: name.to_string(), op, inputs, outputs }
    }
}

/// A small seeded generator (SplitMix64), the same on every machine.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// A generator whose sequence depends on `seed` alone.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `low..=high`.
    pub fn range(&mut self, low: i64, high: i64) -> i64 {
        low + (self.bits() % ((high - low) as u64 + 1)) as i64
    }

    /// A float in [-1, 1).
    pub fn unit(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }

    /// As [`Random::data`], but integers of 32 and 64 bits have all magnitudes.
    pub fn magnitudes(&mut self, dtype: DType, elements: usize) -> Data {
        let mut integer = |unused| self.bits() as i64 >> self.range(unused, 63);
        match dtype {
            DType::I32 => Data::I32((0..elements).map(|_| integer(32) as i32).collect()),
            DType::I64 => Data::I64((0..elements).map(|_| integer(0)).collect()),
            _ => self.data(dtype, elements),
        }
    }

    /// Random elements: all values of types of 8 and 16 bits, small integers, floats in [-1, 1), truth values.
    pub fn data(&mut self, dtype: DType, elements: usize) -> Data {
        let n = elements;
        match dtype {
            DType::I8 => Data::I8((0..n).map(|_| self.range(-128, 127) as i8).collect()),
            DType::U8 => Data::U8((0..n).map(|_| self.range(0, 255) as u8).collect()),
            DType::I16 => Data::I16((0..n).map(|_| self.range(-32768, 32767) as i16).collect()),
            DType::I32 => Data::I32((0..n).map(|_| self.range(-1000, 1000) as i32).collect()),
            DType::I64 => Data::I64((0..n).map(|_| self.range(-1000, 1000)).collect()),
            DType::F32 => Data::F32((0..n).map(|_| self.unit()).collect()),
            DType::Bool => Data::Bool((0..n).map(|_| self.bits() & 1 == 1).collect()),
        }
    }
}

/// An int8 type, quantised per tensor.
///
/// # Panics
/// If shape or scale are illegal.
pub fn int8(dims: &[usize], scale: f32, zero_point: i32) -> TensorType {
    let quant = Quant::per_tensor(scale, zero_point).expect("a case's scale must be legal");
    TensorType { quant, ..plain(DType::I8, dims) }
}

/// A uint8 type, quantised per tensor.
///
/// # Panics
/// If shape or scale are illegal.
pub fn uint8(dims: &[usize], scale: f32, zero_point: i32) -> TensorType {
    let quant = Quant::per_tensor(scale, zero_point).expect("a case's scale must be legal");
    TensorType { quant, ..plain(DType::U8, dims) }
}

/// An int16 type, quantised per tensor around zero.
///
/// # Panics
/// If shape or scale are illegal.
pub fn int16(dims: &[usize], scale: f32) -> TensorType {
    let quant = Quant::per_tensor(scale, 0).expect("a case's scale must be legal");
    TensorType { quant, ..plain(DType::I16, dims) }
}

/// A type without quantisation.
///
/// # Panics
/// If the shape is illegal.
pub fn plain(dtype: DType, dims: &[usize]) -> TensorType {
    TensorType::plain(dtype, Shape::new(dims).expect("a case's shape must be legal"))
}

/// What is wrong with an operator on inputs of types `inputs` and outputs of quantisation `quants`.
#[cfg(test)]
pub(crate) fn problem(
    op: impl Into<Op>,
    inputs: &[TensorType],
    quants: &[Quant],
) -> Option<String> {
    let op = op.into();
    let outputs = match op.infer(&inputs.iter().collect::<Vec<_>>()) {
        Ok(outputs) => outputs,
        Err(error) => return Some(error.text),
    };
    let outputs: Vec<_> = outputs
        .into_iter()
        .zip(quants)
        .map(|((dtype, shape), quant)| TensorType { dtype, shape, quant: quant.clone() })
        .collect();
    let inputs = inputs.iter().map(|ty| super::Operand { ty, constant: None }).collect();
    let site = super::Site { inputs, outputs: outputs.iter().collect() };
    op.check(&site).err().map(|error| error.text)
}
