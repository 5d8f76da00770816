//! What the operators' importers see of a TFLite layer, and what they make of it.

use super::{Activation, OpDef, OpError, Window};
use crate::diag::Code;
use crate::reader::tflite::{self, BuiltinOperator, BuiltinOptionsRef, OperatorCode};
use crate::tensor::{DType, Data, Rounding, TensorType};
use smidgen_schema::tflite::{ActivationFunctionType, Padding};

/// Most elements of a helper tensor that becomes an attribute, such as a new shape or a permutation.
pub const MAX_HELPER_ELEMENTS: usize = 1024;

/// Operators that come from TFLite layers. Implemented in the operator folder's `import.rs`.
pub trait FromTflite: OpDef {
    /// The builtin operators that this operator covers.
    const BUILTIN: &'static [BuiltinOperator];

    /// Names of the custom operators that it covers.
    const CUSTOM: &'static [&'static str] = &[];

    /// Those of them that look at an integer's bits and not at the real number which it stands for.
    /// They cannot work on quantised uint8, which the importer turns into int8.
    const RAW: &'static [BuiltinOperator] = &[];

    /// Element types of input 0 that the importer accepts for one of the covered operators.
    fn types(builtin: BuiltinOperator) -> &'static [DType] {
        let _ = builtin;
        Self::TYPES
    }

    /// Reads the layer's options and helper tensors. Only called for operators in
    /// [`FromTflite::BUILTIN`]; types and shapes are checked afterwards by
    /// [`OpDef`](super::OpDef), so what the attributes do not depend on need not be checked here.
    fn from_tflite(layer: &Layer) -> Result<Imported<Self>, OpError>;
}

/// An operator, and which inputs of the layer stay its operands.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported<O> {
    /// The operator with its attributes.
    pub op: O,
    /// Positions of the layer's inputs that become operands, in order; `None` for all that are present.
    pub operands: Option<Vec<usize>>,
}

impl<O> Imported<O> {
    /// An operator that reads all inputs of the layer.
    pub fn all(op: O) -> Self {
        Self { op, operands: None }
    }

    /// An operator that reads some inputs; the others have become attributes.
    pub fn reading(op: O, operands: impl Into<Vec<usize>>) -> Self {
        Self { op, operands: Some(operands.into()) }
    }

    /// Wraps the operator.
    pub fn map<P>(self, wrap: impl FnOnce(O) -> P) -> Imported<P> {
        Imported { op: wrap(self.op), operands: self.operands }
    }
}

/// A tensor at a layer. Its type is an error where smidgen cannot represent it.
#[derive(Debug, Clone, Copy)]
pub struct Port<'a> {
    /// The tensor in the file.
    pub tensor: &'a tflite::Tensor<'a>,
    /// Its type in the graph; float where the layer computes in float on quantised weights.
    pub ty: Result<&'a TensorType, &'a OpError>,
    /// Its elements, if it was computed from constants and shapes.
    pub folded: Option<&'a Data>,
}

impl Port<'_> {
    /// The elements of a constant.
    fn constant(&self) -> Option<Data> {
        // An empty list has no content, as a computed tensor has none; only its shape tells.
        if self.tensor.shape.contains(&0) {
            return Some(Data::I32(Vec::new()));
        }
        self.folded.cloned().or_else(|| stored(self.tensor, self.ty.ok()?))
    }
}

/// The elements of a tensor whose content is known to fit its type `ty`.
pub(crate) fn stored(tensor: &tflite::Tensor, ty: &TensorType) -> Option<Data> {
    let bytes = tensor.data?;
    if tensor.element == tflite::TensorType::Uint8 && ty.dtype == DType::I8 {
        // The zero point moves along: the numbers stand for the same reals.
        return Some(Data::I8(bytes.iter().map(|&byte| (byte ^ 0x80) as i8).collect()));
    }
    match tensor.element {
        tflite::TensorType::Int4 => Some(Data::I8(nibbles(bytes, ty.shape.elements()))),
        tflite::TensorType::Float16 => {
            let (halves, _) = bytes.as_chunks::<2>();
            let widen = |half: &[u8; 2]| half_to_f32(u16::from_le_bytes(*half));
            Some(Data::F32(halves.iter().map(widen).collect()))
        }
        _ => Data::from_le_bytes(ty.dtype, bytes),
    }
}

/// Bytes of a constant of type `ty` in the file.
pub(crate) fn stored_bytes(tensor: &tflite::Tensor, ty: &TensorType) -> usize {
    match tensor.element {
        tflite::TensorType::Int4 => ty.shape.elements().div_ceil(2),
        tflite::TensorType::Float16 => ty.shape.elements() * 2,
        _ => ty.bytes(),
    }
}

/// Signed numbers of 4 bits, two in a byte, the first in its lower half.
fn nibbles(bytes: &[u8], count: usize) -> Vec<i8> {
    let halves = bytes.iter().flat_map(|&byte| [(byte << 4) as i8 >> 4, byte as i8 >> 4]);
    halves.take(count).collect()
}

/// The number that the bits of an IEEE 754 binary16 stand for; every one is a binary32, too.
pub(crate) fn half_to_f32(bits: u16) -> f32 {
    let sign = u32::from(bits & 0x8000) << 16;
    let (exponent, fraction) = (u32::from(bits >> 10 & 0x1f), u32::from(bits & 0x3ff));
    match exponent {
        // Zero and subnormal numbers, in units of 2^-24.
        0 => f32::from_bits((fraction as f32 / 16_777_216.0).to_bits() | sign),
        0x1f => f32::from_bits(sign | 0x7f80_0000 | fraction << 13),
        _ => f32::from_bits(sign | (exponent + 112) << 23 | fraction << 13),
    }
}

/// A layer of a TFLite model.
#[derive(Debug, Clone)]
pub struct Layer<'a> {
    /// What it computes.
    pub builtin: BuiltinOperator,
    /// The operator in the file.
    pub operator: &'a tflite::Operator<'a>,
    /// Inputs in order, `None` where an optional one is absent.
    pub inputs: Vec<Option<Port<'a>>>,
    /// Outputs in order.
    pub outputs: Vec<Option<Port<'a>>>,
    /// All tensors of the subgraph.
    pub tensors: &'a [tflite::Tensor<'a>],
    /// Integer semantics of operators on which TFLite's interpreters differ.
    pub rounding: Rounding,
}

impl<'a> Layer<'a> {
    /// Whether `O` covers the layer.
    pub(super) fn is_one_of<O: FromTflite>(&self) -> bool {
        match &self.operator.code {
            OperatorCode::Builtin(builtin) => O::BUILTIN.contains(builtin),
            OperatorCode::Custom(name) => O::CUSTOM.contains(&&**name),
            OperatorCode::Unknown(_) => false,
        }
    }

    /// Type of input `index`.
    pub fn input(&self, index: usize) -> Result<&'a TensorType, OpError> {
        port_type(&self.inputs, "input", index)
    }

    /// Type of output `index`.
    pub fn output(&self, index: usize) -> Result<&'a TensorType, OpError> {
        port_type(&self.outputs, "output", index)
    }

    /// Rows and columns of input `index`, which must be `[batch, rows, columns, channels]`.
    pub fn plane(&self, index: usize) -> Result<[usize; 2], OpError> {
        match *self.input(index)?.shape.dims() {
            [_, rows, columns, _] => Ok([rows, columns]),
            ref dims => Err(OpError::inconsistent(format!(
                "input {index} must have 4 dimensions, not {}",
                dims.len()
            ))),
        }
    }

    /// The options, where they are of the kind that `pick` accepts.
    pub fn options<T>(
        &self,
        pick: impl FnOnce(BuiltinOptionsRef<'a>) -> Option<T>,
    ) -> Result<T, OpError> {
        let text = match self.operator.options.map(pick) {
            Some(Some(options)) => return Ok(options),
            Some(None) => "its options belong to another operator",
            None => "its options are missing",
        };
        Err(OpError { code: Code::Malformed, text: text.to_owned(), hint: None })
    }

    /// Elements of input `index`, a constant of int32 or int64 that becomes an attribute.
    pub fn integers(&self, index: usize) -> Result<Vec<i64>, OpError> {
        let Some(data) = self.constant(index)? else {
            let text = format!("input {index} must be constant, but it is computed");
            return Err(OpError::unsupported(text).hint("make it a constant in the source model"));
        };
        let integers = match data {
            Data::I32(_) | Data::I64(_) => data.integers(),
            _ => None,
        };
        integers.ok_or_else(|| {
            let dtype = data.dtype();
            OpError::unsupported(format!("input {index} must hold int32 or int64, not `{dtype}`"))
        })
    }

    /// Elements of input `index`, if it is a constant of at most [`MAX_HELPER_ELEMENTS`], which
    /// the model need not have stored: it may have been computed from shapes and constants.
    pub fn constant(&self, index: usize) -> Result<Option<Data>, OpError> {
        let port = port(&self.inputs, "input", index)?;
        if !port.tensor.shape.contains(&0) {
            let ty = self.input(index)?;
            if port.tensor.data.is_some() && ty.shape.elements() > MAX_HELPER_ELEMENTS {
                let text = format!("input {index} has more than {MAX_HELPER_ELEMENTS} elements");
                return Err(OpError { code: Code::TooLarge, text, hint: None });
            }
        }
        Ok(port.constant())
    }

    /// Scales and zero points of numbers inside the operator: none if the file states none, and 0
    /// where it states others alone.
    pub fn intermediates(&self) -> Vec<(f32, i32)> {
        let quant = |&tensor: &Option<usize>| {
            let quantization = self.tensors[tensor?].quantization.as_ref()?;
            let zero_point = quantization.zero_point.first().copied().unwrap_or(0);
            Some((*quantization.scale.first()?, i32::try_from(zero_point).ok()?))
        };
        let stated: Vec<_> = self.operator.intermediates.iter().map(quant).collect();
        if stated.iter().all(Option::is_none) {
            return Vec::new();
        }
        stated.into_iter().map(Option::unwrap_or_default).collect()
    }

    /// Whether the elements of input `index` are known before the model runs.
    pub fn is_constant(&self, index: usize) -> bool {
        let port = self.inputs.get(index).copied().flatten();
        port.is_some_and(|port| {
            port.tensor.data.is_some() || port.folded.is_some() || port.tensor.shape.contains(&0)
        })
    }

    /// Whether input `index` holds uint8 in the file, quantised elements of which are int8 here.
    pub fn was_uint8(&self, index: usize) -> bool {
        let port = self.inputs.get(index).copied().flatten();
        port.is_some_and(|port| port.tensor.element == tflite::TensorType::Uint8)
    }

    /// Positions of all inputs, none of which may be absent.
    pub fn all_inputs(&self) -> Result<Vec<usize>, OpError> {
        (0..self.inputs.len()).map(|index| self.input(index).map(|_| index)).collect()
    }

    /// The only element of input `index`, a constant that becomes an attribute.
    pub fn integer(&self, index: usize) -> Result<i64, OpError> {
        match *self.integers(index)? {
            [value] => Ok(value),
            ref values => Err(OpError::inconsistent(format!(
                "input {index} must have 1 element, not {}",
                values.len()
            ))),
        }
    }

    /// The window of a convolution or pool over input 0. `kernel`, `stride` and `dilation` are
    /// `[rows, columns]`.
    pub fn window(
        &self,
        padding: Padding,
        kernel: [usize; 2],
        stride: [i32; 2],
        dilation: [i32; 2],
    ) -> Result<Window, OpError> {
        let stride = [at_least_1("stride", stride[0])?, at_least_1("stride", stride[1])?];
        let dilation = [at_least_1("dilation", dilation[0])?, at_least_1("dilation", dilation[1])?];
        Ok(match padding {
            Padding::Same => Window::same(stride, dilation, self.plane(0)?, kernel),
            Padding::Valid => Window::valid(stride, dilation),
        })
    }
}

/// A fused activation.
pub fn activation(function: ActivationFunctionType) -> Result<Activation, OpError> {
    Ok(match function {
        ActivationFunctionType::None => Activation::None,
        ActivationFunctionType::Relu => Activation::Relu,
        ActivationFunctionType::Relu6 => Activation::Relu6,
        ActivationFunctionType::ReluN1To1 => Activation::ReluN1To1,
        ActivationFunctionType::Tanh | ActivationFunctionType::SignBit => {
            let text = format!("the fused activation `{function:?}` is not supported");
            return Err(OpError::unsupported(text)
                .hint("use a layer of its own for the activation, or a fused RELU or RELU6"));
        }
    })
}

/// The axis that `number` names among `rank` axes, where negative numbers count from the end.
pub fn axis(number: i64, rank: usize) -> Result<usize, OpError> {
    let from_end = if number < 0 { rank as i64 } else { 0 };
    let axis = number.checked_add(from_end).and_then(|axis| usize::try_from(axis).ok());
    axis.filter(|&axis| axis < rank).ok_or_else(|| {
        OpError::inconsistent(format!("axis {number} does not exist among {rank} axes"))
    })
}

/// A count that must be positive.
pub fn at_least_1(what: &str, value: i32) -> Result<usize, OpError> {
    usize::try_from(value)
        .ok()
        .filter(|&value| value > 0)
        .ok_or_else(|| OpError::inconsistent(format!("{what} is {value}, it must be at least 1")))
}

fn port<'a>(ports: &[Option<Port<'a>>], role: &str, index: usize) -> Result<Port<'a>, OpError> {
    let port = ports.get(index).copied().flatten();
    port.ok_or_else(|| OpError::inconsistent(format!("{role} {index} is missing")))
}

fn port_type<'a>(
    ports: &[Option<Port<'a>>],
    role: &str,
    index: usize,
) -> Result<&'a TensorType, OpError> {
    let port = port(ports, role, index)?;
    port.ty.map_err(|error| OpError {
        text: format!("{role} {index} (`{}`) {}", port.tensor.name, error.text),
        ..error.clone()
    })
}

impl From<crate::reader::onnx::AttributeError> for OpError {
    fn from(error: crate::reader::onnx::AttributeError) -> Self {
        Self { code: Code::Malformed, text: error.to_string(), hint: None }
    }
}

impl From<smidgen_schema::planus::Error> for OpError {
    fn from(error: smidgen_schema::planus::Error) -> Self {
        let text = format!("its options are damaged: {}", error.error_kind);
        Self { code: Code::Malformed, text, hint: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_widen_exactly() {
        let pairs = [
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0x0001, 2f32.powi(-24)),
            (0x8400, -(2f32.powi(-14))),
            (0x03ff, 1023.0 * 2f32.powi(-24)),
            (0xfc00, f32::NEG_INFINITY),
        ];
        for (bits, value) in pairs {
            assert_eq!(half_to_f32(bits).to_bits(), value.to_bits(), "{bits:x}");
        }
        assert!(half_to_f32(0x7e00).is_nan());
    }

    #[test]
    fn numbers_inside_an_operator_may_have_no_scale() {
        let quantization =
            tflite::Quantization { scale: vec![], zero_point: vec![], axis: 0, other_scheme: true };
        let tensor = tflite::Tensor {
            name: "".into(),
            element: tflite::TensorType::Int16,
            shape: vec![],
            shape_signature: vec![],
            data: None,
            quantization: Some(quantization),
            is_variable: false,
            is_sparse: false,
        };
        let operator = tflite::Operator {
            code: OperatorCode::Builtin(BuiltinOperator::Lstm),
            version: 1,
            inputs: vec![],
            outputs: vec![],
            intermediates: vec![Some(0)],
            options: None,
            options2: None,
            custom_options: &[],
        };
        let layer = Layer {
            builtin: BuiltinOperator::Lstm,
            operator: &operator,
            inputs: vec![],
            outputs: vec![],
            tensors: &[tensor],
            rounding: Rounding::Tflm,
        };
        assert_eq!(layer.intermediates(), []);
    }

    #[test]
    fn nibbles_are_signed_and_start_low() {
        assert_eq!(nibbles(&[0x8f, 0x07], 3), [-1, -8, 7]);
    }
}
