//! What the operators' exporters make of a node: layers of a TFLite file.

use super::import::FromTflite;
use super::pad::padded;
use super::{Activation, ControlLayer, OpError, Site, Window};
use crate::reader::tflite::BuiltinOperator;
use crate::tensor::{DType, Data, Shape, TensorType};
use smidgen_schema::tflite::{self as schema, BuiltinOptions};

/// Operators that can be written as TFLite layers. Implemented in the operator folder's `export.rs`,
/// or in its `import.rs` where it is no more than a name.
///
/// What is written reads back as the operator it was: [`FromTflite::from_tflite`] of the layer gives
/// an operator equal to this one, but for whose rounding counts, which no file says.
pub trait ToTflite: FromTflite {
    /// The layer that computes this operator at `site`, which has been checked.
    ///
    /// # Errors
    /// Why no layer of the format computes the same.
    fn to_tflite(&self, site: &Site) -> Result<Written, OpError>;
}

/// What a node becomes.
#[derive(Debug, Clone, PartialEq)]
pub enum Written {
    /// A layer.
    Layer(Layer),
    /// Nothing: the output is the operand once more, in no matter which memory.
    Alias,
    /// The assignment of operand 0 to the state that is operand 1.
    Assignment,
}

/// A layer of a TFLite file. Its outputs are those of the node, but for new states, which the format
/// keeps in the memory of the old ones.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// What it computes.
    pub operator: Operator,
    /// What it reads, in the order of the format.
    pub inputs: Vec<Input>,
    /// Attributes of a builtin operator.
    pub options: Option<BuiltinOptions>,
    /// Attributes of a custom operator.
    pub custom_options: Vec<u8>,
    /// Scales and zero points of numbers inside the operator.
    pub intermediates: Vec<(f32, i32)>,
    /// Whether its quantised int8 tensors are uint8 in the file, since that is what computes the same.
    pub in_uint8: bool,
}

/// What a layer computes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operator {
    /// An operator of the format and the version of its semantics.
    Builtin(BuiltinOperator, i32),
    /// Another one, by its name.
    Custom(&'static str),
}

impl From<ControlLayer> for Operator {
    fn from(layer: ControlLayer) -> Self {
        Self::Builtin(layer.builtin(), 1)
    }
}

/// What a layer reads.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// An operand of the node.
    Operand(usize),
    /// Nothing: an optional input that is absent.
    Absent,
    /// A list of numbers, which may be empty.
    List(Vec<i32>),
    /// A constant.
    Constant(TensorType, Data),
    /// The result of another layer of the same node, of this type.
    Result(Box<Layer>, TensorType),
}

impl Layer {
    /// A layer that reads all operands of the site, without options, in the operator's first version.
    pub fn new(builtin: BuiltinOperator, site: &Site) -> Self {
        Self {
            operator: Operator::Builtin(builtin, 1),
            inputs: (0..site.inputs.len()).map(Input::Operand).collect(),
            options: None,
            custom_options: Vec::new(),
            intermediates: Vec::new(),
            in_uint8: false,
        }
    }

    /// Gives it other inputs.
    #[must_use]
    pub fn reading(mut self, inputs: impl Into<Vec<Input>>) -> Self {
        self.inputs = inputs.into();
        self
    }

    /// Gives it options.
    #[must_use]
    pub fn with(mut self, options: BuiltinOptions) -> Self {
        self.options = Some(options);
        self
    }

    /// Sets the version; see [`by_type`].
    #[must_use]
    pub fn version(mut self, version: i32) -> Self {
        if let Operator::Builtin(_, first) = &mut self.operator {
            *first = version;
        }
        self
    }

    /// Lets its quantised int8 tensors be uint8 in the file.
    #[must_use]
    pub fn in_uint8(mut self, in_uint8: bool) -> Self {
        self.in_uint8 = in_uint8;
        self
    }

    /// Wraps it.
    pub fn written(self) -> Result<Written, OpError> {
        Ok(Written::Layer(self))
    }
}

impl Input {
    /// One number as a scalar.
    pub fn number(number: usize) -> Self {
        let ty = TensorType::plain(DType::I32, Shape::scalar());
        Self::Constant(ty, Data::I32(vec![number as i32]))
    }

    /// Numbers that have been sizes or places in the graph.
    pub fn list<'a>(numbers: impl IntoIterator<Item = &'a usize>) -> Self {
        Self::List(numbers.into_iter().map(|&number| number as i32).collect())
    }

    /// What is added before and after each axis.
    pub fn pairs(amounts: &[[usize; 2]]) -> Self {
        let numbers = amounts.as_flattened().iter().map(|&number| number as i32).collect();
        match Shape::new([amounts.len(), 2]) {
            Ok(shape) => Self::Constant(TensorType::plain(DType::I32, shape), Data::I32(numbers)),
            Err(_) => Self::List(numbers),
        }
    }

    /// Several operands.
    pub fn operands(operands: impl IntoIterator<Item = usize>) -> Vec<Self> {
        operands.into_iter().map(Self::Operand).collect()
    }
}

/// The version that the element type of operand 0 asks for: the one beside it, or else 1. Which
/// versions there are is written down in TFLite's `op_version.cc`; interpreters refuse versions that
/// are newer than themselves.
pub fn by_type(site: &Site, versions: &[(DType, i32)]) -> i32 {
    let dtype = site.input(0).dtype;
    versions.iter().find(|(of, _)| *of == dtype).map_or(1, |&(_, version)| version)
}

/// Whether weights of int8 are not symmetric around zero. Interpreters compute with such weights in
/// uint8 alone: of int8 they refuse them, or take the zero point for 0.
pub fn has_zero_point(weights: &TensorType) -> bool {
    weights.dtype == DType::I8 && weights.quant.whole().is_some_and(|(_, zero)| zero != 0)
}

/// Whether two operands of a site are brought to one shape, and one has more than 4 dimensions: many
/// operators have a version for it.
pub fn is_large_broadcast(site: &Site) -> bool {
    let (a, b) = (&site.input(0).shape, &site.input(1).shape);
    a != b && a.rank().max(b.rank()) > 4
}

/// A fused activation.
pub fn activation(activation: Activation) -> schema::ActivationFunctionType {
    match activation {
        Activation::None => schema::ActivationFunctionType::None,
        Activation::Relu => schema::ActivationFunctionType::Relu,
        Activation::Relu6 => schema::ActivationFunctionType::Relu6,
        Activation::ReluN1To1 => schema::ActivationFunctionType::ReluN1To1,
    }
}

/// An element type of the format.
pub fn element(dtype: DType) -> schema::TensorType {
    match dtype {
        DType::I8 => schema::TensorType::Int8,
        DType::U8 => schema::TensorType::Uint8,
        DType::I16 => schema::TensorType::Int16,
        DType::I32 => schema::TensorType::Int32,
        DType::I64 => schema::TensorType::Int64,
        DType::F32 => schema::TensorType::Float32,
        DType::Bool => schema::TensorType::Bool,
    }
}

/// The type in which sums of int16 are kept, which the type of the biases at `operand` decides; the
/// format's default is for those of int64.
pub fn bias_type(site: &Site, operand: usize) -> schema::TensorType {
    let bias = site.inputs.get(operand);
    let narrow = bias.is_some_and(|bias| bias.ty.dtype == DType::I32);
    match site.input(0).dtype {
        DType::I16 if narrow => schema::TensorType::Int32,
        _ => schema::TensorType::Float32,
    }
}

/// Whether the padding of a window over an image is what the word stands for; sizes are
/// `[rows, columns]`.
pub fn is_padded(
    window: &Window,
    word: schema::Padding,
    image: [usize; 2],
    kernel: [usize; 2],
) -> bool {
    let Window { stride, dilation, .. } = *window;
    *window
        == match word {
            schema::Padding::Valid => Window::valid(stride, dilation),
            schema::Padding::Same => Window::same(stride, dilation, image, kernel),
        }
}

/// The word for the padding of a window over an image, if the format has one.
pub fn padding(window: &Window, image: [usize; 2], kernel: [usize; 2]) -> Option<schema::Padding> {
    let words = [schema::Padding::Valid, schema::Padding::Same];
    words.into_iter().find(|&word| is_padded(window, word, image, kernel))
}

/// How a window over operand 0, an image, is written: the word for its padding, and the image. Where
/// the format has no word, another layer puts `fill` around the image.
///
/// # Errors
/// That there is no word, and nothing that could be put around the image.
pub fn windowed(
    site: &Site,
    window: &Window,
    kernel: [usize; 2],
    fill: Option<&Data>,
) -> Result<(schema::Padding, Input), OpError> {
    let [_, rows, columns, _] = *site.input(0).shape.dims() else {
        return Err(OpError::inconsistent("the image must have 4 dimensions"));
    };
    if let Some(padding) = padding(window, [rows, columns], kernel) {
        return Ok((padding, Input::Operand(0)));
    }
    let fill = fill.ok_or_else(no_such_padding)?;
    Ok((schema::Padding::Valid, padded(site, window.padding, fill)?))
}

/// That a padding is none of the format's.
pub fn no_such_padding() -> OpError {
    OpError::unsupported("has a padding that TFLite cannot say")
        .hint("give the layer no padding, or as much as makes the output ceil(input / stride)")
}
