//! What the operators' importers see of a TFLite layer, and what they make of it.

use super::{Activation, OpError, Window};
use crate::diag::Code;
use crate::reader::tflite::{self, BuiltinOperator, BuiltinOptionsRef};
use crate::tensor::{DType, Data, Rounding, TensorType};
use smidgen_schema::tflite::{ActivationFunctionType, Padding};

/// Most elements of a helper tensor that becomes an attribute, such as a new shape or a permutation.
pub const MAX_HELPER_ELEMENTS: usize = 1024;

/// Operators that come from TFLite layers. Implemented in the operator folder's `import.rs`.
pub trait FromTflite: Sized {
    /// The builtin operators that this operator covers.
    const BUILTIN: &'static [BuiltinOperator];

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
    /// Integer semantics of operators on which TFLite's interpreters differ.
    pub rounding: Rounding,
}

impl<'a> Layer<'a> {
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
        let port = port(&self.inputs, "input", index)?;
        let dtype = match port.tensor.element {
            tflite::TensorType::Int32 => DType::I32,
            tflite::TensorType::Int64 => DType::I64,
            other => {
                let name = tflite::type_name(other);
                let text = format!("input {index} must hold int32 or int64, not `{name}`");
                return Err(OpError::unsupported(text));
            }
        };
        // An empty list has no content, as a computed tensor has none; only its shape tells.
        let Some(bytes) = port.tensor.data.or(port.tensor.shape.contains(&0).then_some(&[])) else {
            let text = format!("input {index} must be constant, but it is computed");
            return Err(OpError::unsupported(text).hint("make it a constant in the source model"));
        };
        if bytes.len() > MAX_HELPER_ELEMENTS * dtype.bytes() {
            let text = format!("input {index} has more than {MAX_HELPER_ELEMENTS} elements");
            return Err(OpError { code: Code::TooLarge, text, hint: None });
        }
        let data = Data::from_le_bytes(dtype, bytes).and_then(|data| data.integers());
        data.ok_or_else(|| OpError {
            code: Code::Malformed,
            text: format!("input {index} holds {} bytes, no whole {dtype} numbers", bytes.len()),
            hint: None,
        })
    }

    /// Whether the elements of input `index` are stored in the file.
    pub fn is_constant(&self, index: usize) -> bool {
        let port = self.inputs.get(index).copied().flatten();
        port.is_some_and(|port| port.tensor.data.is_some() || port.tensor.shape.contains(&0))
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

impl From<smidgen_schema::planus::Error> for OpError {
    fn from(error: smidgen_schema::planus::Error) -> Self {
        let text = format!("its options are damaged: {}", error.error_kind);
        Self { code: Code::Malformed, text, hint: None }
    }
}
