//! Operators: one folder each, and the table that lists them.
//!
//! A folder holds the attributes with their rules (`mod.rs`), the integer-exact reference
//! (`eval.rs`), the readers of the file formats (`import.rs`) and their writers (`export.rs`), the
//! kernel table (`kernels.rs`) with its C files, and edge cases for conformance tests (`cases.rs`).

mod activation;
mod alternatives;
pub mod case;
mod common;
mod control;
mod custom;
pub mod export;
pub mod import;
mod kernel;
mod requantisation;
mod scales;
mod site;
mod wide;
mod window;

pub mod add;
pub mod add_n;
pub mod arg_max;
pub mod batch_matmul;
pub mod bitcast;
pub mod broadcast_args;
pub mod cast;
pub mod compare;
pub mod concatenation;
pub mod conv2d;
pub mod conv3d;
pub mod copy;
pub mod cumsum;
pub mod depthwise_conv2d;
pub mod dequantize;
pub mod detection_postprocess;
pub mod div;
pub mod dynamic_update_slice;
pub mod elementwise;
pub mod fill;
pub mod fully_connected;
pub mod gather;
pub mod l2_normalization;
pub mod local_response_normalization;
pub mod log_softmax;
pub mod lstm;
pub mod mirror_pad;
pub mod mul;
pub mod one_hot;
pub mod onnx;
pub mod pack;
pub mod pad;
pub mod pairwise;
pub mod pool_2d;
pub mod prelu;
pub mod quantize;
pub mod range;
pub mod rebias;
pub mod reduce;
pub mod reshape;
pub mod resize;
pub mod reverse_sequence;
pub mod rnn;
pub mod rows;
pub mod scatter_nd;
pub mod select;
pub mod shape;
pub mod slice;
pub mod softmax;
pub mod space_to_batch_nd;
pub mod space_to_depth;
pub mod split;
pub mod squared_difference;
pub mod store;
pub mod sub;
pub mod svdf;
pub mod table;
pub mod tile;
pub mod top_k;
pub mod transpose;
pub mod transpose_conv;
pub mod unpack;
pub mod where_true;

pub(crate) use common::COMMON;

pub use activation::Activation;
pub use alternatives::alternative;
pub use control::{Control, ControlLayer, is_choice};
pub use custom::{Custom, CustomError, CustomOperator};
pub use kernel::{Arg, Base, CArray, Call, Constant, Kernel, Loops, Lowered, Lowering, Source};
pub use scales::{FixedScale, Scales, SecondOperand, Weighted};
pub use site::{Operand, Site};
pub use window::{Padding, Window};

use self::export::{ToTflite, Written};
use self::import::FromTflite;
use crate::diag::{Code, Diagnostic, Origin};
use crate::reader::tflite::{BuiltinOperator, operator_name};
use crate::tensor::{DType, Data, Rounding, Shape, TensorType};
use smidgen_target::Features;

impl Op {
    /// Whether smidgen cannot compute it: see [`Custom`].
    pub fn is_opaque(&self) -> bool {
        matches!(self, Self::Custom(_))
    }

    /// The axes in another order: axis `i` of the result is axis `permutation[i]`.
    pub fn transpose(permutation: &[usize]) -> Self {
        transpose::Transpose { permutation: permutation.to_vec() }.into()
    }

    /// The input once more, in memory of its own: for values that cannot share another's.
    pub fn duplicate() -> Self {
        copy::Copy.into()
    }

    /// A tensor (input 0) with a part of it replaced by input 1, which starts at input 2.
    pub fn replacement() -> Self {
        dynamic_update_slice::DynamicUpdateSlice.into()
    }

    /// A state (input 1) that takes on a value (input 0).
    pub fn store() -> Self {
        store::Store.into()
    }

    /// The real numbers of a quantised tensor of 8 bits in the other type of 8 bits.
    pub fn rebias() -> Self {
        rebias::Rebias.into()
    }

    /// The real numbers that integers mean.
    pub fn dequantize() -> Self {
        dequantize::Dequantize.into()
    }

    /// Numbers as quantised integers of type `to`.
    pub fn quantize(to: DType, rounding: Rounding) -> Self {
        quantize::Quantize { to, rounding }.into()
    }

    /// Whether the TFLite operator looks at the bits of an integer, not at what it stands for.
    pub fn reads_bits(builtin: BuiltinOperator) -> bool {
        RAW.iter().any(|raw| raw.contains(&builtin))
    }
}

/// What every operator defines.
pub trait OpDef: Clone + PartialEq + std::fmt::Debug + 'static {
    /// The name in the source formats' upper snake case: the operator's, or that of a family of
    /// operators which share a folder.
    const NAME: &'static str;

    /// Element types of input 0 that it computes on; each has conformance cases.
    const TYPES: &'static [DType];

    /// Implementations in order of preference; the first that accepts a site is used.
    const KERNELS: &'static [Kernel<Self>];

    /// The operator's own name, where its type stands for a family.
    fn name(&self) -> &'static str {
        Self::NAME
    }

    /// Element types and shapes of the outputs.
    fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError>;

    /// Whether the only output has at each place one function of what the operands hold there after
    /// broadcasting: the same at all places and for all shapes, unless an operand or the output is
    /// quantised along an axis.
    fn is_elementwise(&self) -> bool {
        false
    }

    /// The operator whose operands have their axes in another order, axis `i` being the former axis
    /// `axes[i]`: the first one, and others of as many axes. It computes the same bits, with the axes
    /// of its outputs in that order too, as far as they have them: see [`OpDef::dropped`]. `None`
    /// where there is no such operator.
    fn permuted(&self, axes: &[usize]) -> Option<Self> {
        let _ = axes;
        self.is_elementwise().then(|| self.clone())
    }

    /// Axes of the first operand that the outputs lack, in ascending order.
    fn dropped(&self) -> Vec<usize> {
        Vec::new()
    }

    /// Operands that hold a state which the operator overwrites. It has one more output for each,
    /// after its own and in this order: the new state, of the same type. Kernels find the old state
    /// in the memory of that output, and do not read the operand.
    fn updates(&self) -> Vec<usize> {
        Vec::new()
    }

    /// Checks what [`OpDef::infer`] does not: quantisation, attributes, element types.
    fn check(&self, site: &Site) -> Result<(), OpError>;

    /// The outputs, where the types alone tell them. Only called on checked sites.
    fn known(&self, site: &Site) -> Option<Vec<Data>> {
        let _ = site;
        None
    }

    /// Multiply-accumulate operations of one evaluation.
    fn macs(&self, site: &Site) -> u64 {
        let _ = site;
        0
    }

    /// Elementary operations of one evaluation, roughly: what bounds the time of the reference.
    fn work(&self, site: &Site) -> u64 {
        let elements = site.outputs.iter().map(|ty| ty.shape.elements() as u64);
        self.macs(site).max(elements.sum())
    }

    /// The reference: computes the outputs, bit for bit as the contract demands.
    /// `inputs` hold the operands' data in order. Only called on checked sites.
    fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data>;
}

/// Whether the last axis stays the last one.
fn keeps_last(axes: &[usize]) -> bool {
    axes.last().is_none_or(|&axis| axis + 1 == axes.len())
}

/// Why an operator cannot stand where it does.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct OpError {
    /// Kind of the problem.
    pub code: Code,
    /// What is wrong; no full stop at the end.
    pub text: String,
    /// What the user can do about it.
    pub hint: Option<String>,
}

impl OpError {
    /// The form is legal, but not implemented.
    pub fn unsupported(text: impl Into<String>) -> Self {
        Self { code: Code::UnsupportedForm, text: text.into(), hint: None }
    }

    /// Types, shapes, quantisation or attributes contradict each other.
    pub fn inconsistent(text: impl Into<String>) -> Self {
        Self { code: Code::Inconsistent, text: text.into(), hint: None }
    }

    /// Adds advice.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Says where the problem is.
    pub fn at(self, origin: Origin) -> Diagnostic {
        let mut diagnostic = Diagnostic::new(self.code, origin, self.text);
        diagnostic.hints.extend(self.hint);
        diagnostic
    }
}

/// An operator, or a family of them, and what it can be used for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supported {
    /// The operator's or the family's name.
    pub name: &'static str,
    /// TFLite operators that become this one; none where only smidgen inserts it.
    pub tflite: Vec<Claim>,
    /// Element types of input 0.
    pub types: &'static [DType],
}

/// A TFLite operator that is imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The operator; [`BuiltinOperator::Custom`] for a custom one.
    pub builtin: BuiltinOperator,
    /// Its name in the format.
    pub name: &'static str,
    /// Element types of input 0.
    pub types: &'static [DType],
}

/// What the importer of `O` accepts.
fn claims<O: FromTflite>() -> Vec<Claim> {
    let builtin = O::BUILTIN.iter().map(|&builtin| Claim {
        builtin,
        name: operator_name(builtin),
        types: O::types(builtin),
    });
    let custom = O::CUSTOM.iter().map(|&name| Claim {
        builtin: BuiltinOperator::Custom,
        name,
        types: O::types(BuiltinOperator::Custom),
    });
    builtin.chain(custom).collect()
}

macro_rules! operators {
    ($($module:ident :: $name:ident),* $(,)?) => {
        /// An operator with its attributes.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Op {
            $(#[doc = concat!("See [`", stringify!($module), "`].")] $name($module::$name),)*
            /// Runs other graphs, which the node holds.
            Control(Control),
            /// Runs C of the user's.
            Custom(Custom),
        }

        /// Operators that cannot work on quantised uint8, by folder.
        const RAW: &[&[BuiltinOperator]] = &[$($module::$name::RAW,)*];

        $(impl From<$module::$name> for Op {
            fn from(op: $module::$name) -> Self {
                Self::$name(op)
            }
        })*

        impl Op {
            /// The operator's name, such as `CONV_2D`.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$name(op) => op.name(),)*
                    Self::Control(op) => op.name(),
                    Self::Custom(op) => op.operator.name(),
                }
            }

            /// Element types and shapes of the outputs.
            pub fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
                match self {
                    $(Self::$name(op) => op.infer(inputs),)*
                    Self::Control(op) => op.infer(inputs),
                    Self::Custom(op) => Ok(op.results.clone()),
                }
            }

            /// Whether the same function computes each element from those at its place.
            pub fn is_elementwise(&self) -> bool {
                match self {
                    $(Self::$name(op) => op.is_elementwise(),)*
                    Self::Control(_) | Self::Custom(_) => false,
                }
            }

            /// The operator on operands whose axes are in another order; see [`OpDef::permuted`].
            pub fn permuted(&self, axes: &[usize]) -> Option<Self> {
                match self {
                    $(Self::$name(op) => op.permuted(axes).map(Self::from),)*
                    Self::Control(_) | Self::Custom(_) => None,
                }
            }

            /// Axes of the first operand that the outputs lack.
            pub fn dropped(&self) -> Vec<usize> {
                match self {
                    $(Self::$name(op) => op.dropped(),)*
                    Self::Control(_) | Self::Custom(_) => Vec::new(),
                }
            }

            /// Operands that hold a state which the operator overwrites; its last outputs are the
            /// new states.
            pub fn updates(&self) -> Vec<usize> {
                match self {
                    $(Self::$name(op) => op.updates(),)*
                    Self::Control(_) | Self::Custom(_) => Vec::new(),
                }
            }

            /// Checks quantisation, attributes and element types.
            pub fn check(&self, site: &Site) -> Result<(), OpError> {
                match self {
                    $(Self::$name(op) => op.check(site),)*
                    Self::Control(op) => op.check(site),
                    Self::Custom(_) => Ok(()),
                }
            }

            /// The outputs, where the types alone tell them.
            pub fn known(&self, site: &Site) -> Option<Vec<Data>> {
                match self {
                    $(Self::$name(op) => op.known(site),)*
                    Self::Control(_) | Self::Custom(_) => None,
                }
            }

            /// Multiply-accumulate operations of one evaluation.
            pub fn macs(&self, site: &Site) -> u64 {
                match self {
                    $(Self::$name(op) => op.macs(site),)*
                    Self::Control(_) | Self::Custom(_) => 0,
                }
            }

            /// Elementary operations of one evaluation, roughly.
            pub fn work(&self, site: &Site) -> u64 {
                match self {
                    $(Self::$name(op) => op.work(site),)*
                    Self::Control(_) => 0,
                    Self::Custom(_) => custom::WORK,
                }
            }

            /// Computes the outputs with the reference.
            pub fn eval(&self, site: &Site, inputs: &[&Data]) -> Vec<Data> {
                match self {
                    $(Self::$name(op) => op.eval(site, inputs),)*
                    Self::Control(_) => unreachable!("the graph runs its regions"),
                    Self::Custom(_) => unreachable!("whoever evaluates the graph runs it"),
                }
            }

            /// The operator for a TFLite layer; `None` if its kind is not supported.
            pub fn from_tflite(
                layer: &import::Layer,
            ) -> Option<Result<import::Imported<Self>, OpError>> {
                $(if layer.is_one_of::<$module::$name>() {
                    return Some($module::$name::from_tflite(layer).map(|made| made.map(Self::from)));
                })*
                None
            }

            /// The TFLite layer for a checked site, or why there is none.
            pub fn to_tflite(&self, site: &Site) -> Result<Written, OpError> {
                match self {
                    $(Self::$name(op) => op.to_tflite(site),)*
                    Self::Control(_) => unreachable!("the writer writes the regions"),
                    Self::Custom(op) => Ok(op.to_tflite(site)),
                }
            }

            /// What is supported: a row per operator, in the table's order, and one for control flow.
            pub fn supported() -> Vec<Supported> {
                let control = Supported { name: "CONTROL", tflite: control::claims(), types: &[] };
                let mut rows = vec![$(Supported {
                    name: $module::$name::NAME,
                    tflite: claims::<$module::$name>(),
                    types: $module::$name::TYPES,
                },)*];
                rows.push(control);
                rows
            }

            /// Conformance cases of all operators, by operator name.
            pub fn cases() -> Vec<(&'static str, Vec<case::Case>)> {
                vec![$(($module::$name::NAME, $module::cases::cases()),)*]
            }

            /// The code that computes this operator at `site` on a core with `features`.
            pub fn lower(&self, site: &Site, features: &Features) -> Result<Lowering, OpError> {
                match self {
                    $(Self::$name(op) => kernel::select(op, site, features),)*
                    Self::Control(_) => Err(OpError::unsupported("has no kernel of its own")),
                    Self::Custom(op) => Ok(op.lower(site)),
                }
            }
        }
    };
}

operators! {
    add::Add,
    add_n::AddN,
    arg_max::ArgMax,
    bitcast::Bitcast,
    cast::Cast,
    batch_matmul::BatchMatmul,
    broadcast_args::BroadcastArgs,
    compare::Compare,
    concatenation::Concatenation,
    conv2d::Conv2d,
    conv3d::Conv3d,
    copy::Copy,
    cumsum::Cumsum,
    depthwise_conv2d::DepthwiseConv2d,
    dequantize::Dequantize,
    detection_postprocess::DetectionPostprocess,
    div::Div,
    dynamic_update_slice::DynamicUpdateSlice,
    elementwise::Elementwise,
    fill::Fill,
    fully_connected::FullyConnected,
    gather::Gather,
    l2_normalization::L2Normalization,
    local_response_normalization::LocalResponseNormalization,
    log_softmax::LogSoftmax,
    lstm::Lstm,
    mirror_pad::MirrorPad,
    mul::Mul,
    one_hot::OneHot,
    pack::Pack,
    pad::Pad,
    pairwise::Pairwise,
    pool_2d::Pool2d,
    prelu::Prelu,
    quantize::Quantize,
    range::Range,
    rebias::Rebias,
    reduce::Reduce,
    reshape::Reshape,
    resize::Resize,
    reverse_sequence::ReverseSequence,
    rnn::Rnn,
    rows::Rows,
    scatter_nd::ScatterNd,
    select::Select,
    shape::Shape,
    slice::Slice,
    softmax::Softmax,
    space_to_batch_nd::SpaceToBatchNd,
    space_to_depth::SpaceToDepth,
    split::Split,
    squared_difference::SquaredDifference,
    store::Store,
    sub::Sub,
    svdf::Svdf,
    table::Lookup,
    tile::Tile,
    top_k::TopK,
    transpose::Transpose,
    transpose_conv::TransposeConv,
    unpack::Unpack,
    where_true::Where,
}
