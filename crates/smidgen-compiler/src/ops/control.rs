//! Control flow: nodes that run other graphs. What those graphs are is the node's business; here is
//! what their inputs and outputs must be.

use super::{Claim, OpError, Site};
use crate::reader::tflite::{BuiltinOperator, operator_name};
use crate::tensor::{DType, Shape, TensorType};

/// How a node runs its regions.
#[derive(Debug, Clone, PartialEq)]
pub enum Control {
    /// Input 0, a truth value, chooses between two regions, which get the other inputs. Each
    /// computes all outputs.
    If {
        /// Types of the outputs.
        results: Vec<TensorType>,
    },
    /// The first region says whether to run the second, which computes new values of the first
    /// inputs; and so on until it says no. Both regions get all inputs.
    While {
        /// How many of the inputs change. They are the outputs when the loop ends.
        carried: usize,
        /// How often the second region runs, where that is known before the model runs.
        rounds: Option<u64>,
    },
}

/// A TFLite layer of control flow or of variables, which importers take without an operator's help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ControlLayer {
    /// Runs one of two graphs.
    If,
    /// Runs a graph while another says so.
    While,
    /// Runs a graph before the first inference.
    CallOnce,
    /// Refers to a variable.
    VarHandle,
    /// Gives the content of a variable.
    ReadVariable,
    /// Gives a variable another content.
    AssignVariable,
}

/// Every such layer.
const LAYERS: [(BuiltinOperator, ControlLayer); 6] = [
    (BuiltinOperator::If, ControlLayer::If),
    (BuiltinOperator::While, ControlLayer::While),
    (BuiltinOperator::CallOnce, ControlLayer::CallOnce),
    (BuiltinOperator::VarHandle, ControlLayer::VarHandle),
    (BuiltinOperator::ReadVariable, ControlLayer::ReadVariable),
    (BuiltinOperator::AssignVariable, ControlLayer::AssignVariable),
];

impl ControlLayer {
    /// What layers of `builtin` are, if they are of control flow or of variables.
    pub fn of(builtin: BuiltinOperator) -> Option<Self> {
        LAYERS.iter().find(|(known, _)| *known == builtin).map(|&(_, layer)| layer)
    }

    /// The TFLite operator.
    pub fn builtin(self) -> BuiltinOperator {
        let row = LAYERS.iter().find(|(_, layer)| *layer == self);
        row.expect("every layer has a row").0
    }
}

/// TFLite operators that become control flow or states, with the element types of what they
/// control or keep.
pub(super) fn claims() -> Vec<Claim> {
    const ANY: &[DType] = &[DType::I8, DType::I16, DType::I32, DType::I64, DType::F32, DType::Bool];
    let claim = |&(builtin, _)| Claim { builtin, name: operator_name(builtin), types: ANY };
    LAYERS.iter().map(claim).collect()
}

impl Control {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::If { .. } => "IF",
            Self::While { .. } => "WHILE",
        }
    }

    pub(super) fn infer(&self, inputs: &[&TensorType]) -> Result<Vec<(DType, Shape)>, OpError> {
        let typed = |ty: &TensorType| (ty.dtype, ty.shape.clone());
        match self {
            Self::If { results } => Ok(results.iter().map(typed).collect()),
            Self::While { carried, .. } => {
                let carried = inputs.get(..*carried).ok_or_else(|| {
                    OpError::inconsistent("changes more values than the loop has")
                })?;
                Ok(carried.iter().map(|ty| typed(ty)).collect())
            }
        }
    }

    pub(super) fn check(&self, site: &Site) -> Result<(), OpError> {
        let Self::If { .. } = self else { return Ok(()) };
        match site.inputs.first() {
            Some(choice) if is_choice(choice.ty) => Ok(()),
            _ => Err(OpError::inconsistent("the condition must be one element of `bool`")),
        }
    }
}

/// Whether a tensor can decide something.
pub fn is_choice(ty: &TensorType) -> bool {
    ty.dtype == DType::Bool && ty.shape.elements() == 1
}
