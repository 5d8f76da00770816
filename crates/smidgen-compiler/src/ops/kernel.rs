//! Kernels: how an operator becomes C.

use super::{OpDef, OpError, Site};
use crate::tensor::{DType, Data};
use smidgen_target::{Feature, Features};
use std::ops::Range;

/// One implementation of operator `O`; a row of the operator's kernel table.
pub struct Kernel<O> {
    /// Unique name, such as `conv2d_s8`; recipes and reports use it.
    pub name: &'static str,
    /// What the core must have.
    pub needs: &'static [Feature],
    /// Whether the kernel computes the operator exactly at this site.
    pub accepts: fn(&O, &Site) -> bool,
    /// The code for this site; only called if `accepts`.
    pub lower: fn(&O, &Site) -> Lowering,
}

/// How the outputs come about.
#[derive(Debug, Clone, PartialEq)]
pub enum Lowering {
    /// Output 0 is input 0, byte for byte: no code, the two share a buffer.
    View,
    /// Code computes the outputs.
    Code(Lowered),
    /// Code whose calls are repeated.
    Rows(Lowered, Loops),
}

/// Loops around the calls of a [`Lowered`]: one over rows, and in it some over the elements of a row.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Loops {
    /// How often all calls are made.
    pub rows: usize,
    /// How often the calls of each range are made in a row. Ranges ascend and do not overlap.
    pub elements: usize,
    /// See [`Loops::elements`].
    pub ranges: Vec<Range<usize>>,
    /// Element types of the variables, which hold one element each; see [`Base::Variable`].
    pub variables: Vec<DType>,
}

/// Code and constants of one operator at one site.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Lowered {
    /// C files that the calls need, dependencies first.
    pub sources: Vec<Source>,
    /// Prepared constants, referred to by [`Arg::Constant`].
    pub constants: Vec<Constant>,
    /// Bytes of scratch memory, aligned to 8; referred to by [`Arg::Scratch`].
    pub scratch_bytes: usize,
    /// Inputs whose memory output 0 may overwrite, in order of preference.
    pub in_place: Vec<usize>,
    /// Calls in order.
    pub calls: Vec<Call>,
}

/// A C file of the kernel library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// File name, such as `smidgen_conv2d_s8.h`.
    pub file: &'static str,
    /// Content.
    pub text: &'static str,
}

/// A constant array that kernel code reads.
#[derive(Debug, Clone, PartialEq)]
pub struct Constant {
    /// What it is, such as `filter`; becomes part of the C symbol.
    pub name: &'static str,
    /// Whether it stems from the model's parameters (weights, biases) rather than from smidgen
    /// (multipliers, tables).
    pub is_weight: bool,
    /// Elements.
    pub data: CArray,
}

/// Elements of a constant C array.
#[derive(Debug, Clone, PartialEq)]
pub enum CArray {
    /// `int8_t`
    I8(Vec<i8>),
    /// `uint8_t`
    U8(Vec<u8>),
    /// `int16_t`
    I16(Vec<i16>),
    /// `int32_t`
    I32(Vec<i32>),
    /// `int64_t`
    I64(Vec<i64>),
    /// `float`
    F32(Vec<f32>),
}

/// One call of a C function whose integer arguments are all known, so that a compiler can
/// specialise it.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// An inline function of one of the sources.
    pub function: &'static str,
    /// Parameter names and arguments in order.
    pub args: Vec<(&'static str, Arg)>,
}

/// An argument of a call.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Arg {
    /// Pointer to input `.0`.
    Input(usize),
    /// Pointer to output `.0`.
    Output(usize),
    /// Pointer to element `.1` of input `.0`.
    InputAt(usize, usize),
    /// Pointer to element `.1` of output `.0`.
    OutputAt(usize, usize),
    /// Pointer to constant `.0`.
    Constant(usize),
    /// Pointer to the scratch memory, `uint8_t *`.
    Scratch,
    /// Pointer to an element that moves by `.1[0]` elements with each row and by `.1[1]` with each
    /// element of a row; see [`Loops`].
    Moving(Base, [usize; 2]),
    /// An integer, `int32_t`.
    Int(i32),
    /// A float.
    Float(f32),
}

/// Where an [`Arg::Moving`] begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Base {
    /// At input `.0`.
    Input(usize),
    /// At output `.0`.
    Output(usize),
    /// At variable `.0` of the loops.
    Variable(usize),
    /// In the scratch memory, `.0` bytes after its start, at elements of type `.1`.
    Scratch(usize, DType),
}

impl Arg {
    /// An integer argument.
    ///
    /// # Panics
    /// If it does not fit `int32_t`, which [`crate::tensor::MAX_ELEMENTS`] rules out for sizes.
    pub fn size(value: usize) -> Self {
        Self::Int(i32::try_from(value).expect("tensor sizes fit 32 bits"))
    }
}

impl From<&Data> for CArray {
    /// The C array that holds the elements.
    fn from(data: &Data) -> Self {
        match data {
            Data::I8(v) => Self::I8(v.clone()),
            Data::U8(v) => Self::U8(v.clone()),
            Data::I16(v) => Self::I16(v.clone()),
            Data::I32(v) => Self::I32(v.clone()),
            Data::I64(v) => Self::I64(v.clone()),
            Data::F32(v) => Self::F32(v.clone()),
            Data::Bool(v) => Self::U8(v.iter().map(|&x| u8::from(x)).collect()),
        }
    }
}

impl CArray {
    /// Number of elements.
    pub fn len(&self) -> usize {
        match self {
            Self::I8(v) => v.len(),
            Self::U8(v) => v.len(),
            Self::I16(v) => v.len(),
            Self::I32(v) => v.len(),
            Self::I64(v) => v.len(),
            Self::F32(v) => v.len(),
        }
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Size in bytes.
    pub fn bytes(&self) -> usize {
        let element = match self {
            Self::I8(_) | Self::U8(_) => 1,
            Self::I16(_) => 2,
            Self::I32(_) | Self::F32(_) => 4,
            Self::I64(_) => 8,
        };
        self.len() * element
    }

    /// The C type of one element.
    pub fn c_type(&self) -> &'static str {
        match self {
            Self::I8(_) => "int8_t",
            Self::U8(_) => "uint8_t",
            Self::I16(_) => "int16_t",
            Self::I32(_) => "int32_t",
            Self::I64(_) => "int64_t",
            Self::F32(_) => "float",
        }
    }
}

/// The code of the first kernel that the core can run and that accepts the site.
pub(super) fn select<O: OpDef>(
    op: &O,
    site: &Site,
    features: &Features,
) -> Result<Lowering, OpError> {
    let fits =
        |kernel: &&Kernel<O>| features.contains_all(kernel.needs) && (kernel.accepts)(op, site);
    let kernel = O::KERNELS.iter().find(fits);
    let Some(kernel) = kernel else {
        let types: Vec<_> = site.inputs.iter().map(|operand| operand.ty.to_string()).collect();
        return Err(OpError::unsupported(format!("no kernel computes it on {}", types.join(", "))));
    };
    Ok((kernel.lower)(op, site))
}
