//! Layers that run other graphs, and variables that outlive an inference.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::importer::{Importer, value_name};
use crate::diag::Code;
use crate::graph::{Graph, Node, Value, ValueId};
use crate::ops::{Control, ControlLayer, Op, OpError, is_choice};
use crate::reader::tflite::{
    BuiltinOperator as B, BuiltinOptionsRef, Operator, OperatorCode, SubGraph,
};
use crate::tensor::{Data, TensorType};

/// How deep graphs may run graphs.
const MAX_DEPTH: usize = 8;

/// The variables of a model.
#[derive(Debug, Default)]
pub(super) struct Variables {
    /// Names of variables by the tensors that refer to them.
    handles: BTreeMap<usize, String>,
    /// What is known of each variable.
    known: BTreeMap<String, Variable>,
    /// What the layers of an initialisation have assigned.
    initial: BTreeMap<String, Arc<Data>>,
    /// Whether this is an initialisation, which runs before everything else.
    initialises: bool,
}

/// A variable that a layer has read or assigned.
#[derive(Debug)]
struct Variable {
    before: ValueId,
    current: ValueId,
}

/// What a region's input is.
enum Binding {
    Input(TensorType),
    Constant(TensorType, Arc<Data>),
}

impl<'a> Importer<'a> {
    /// Imports a layer of control flow or of variables; `None` if it is neither.
    pub(super) fn control(
        &mut self,
        operator: &'a Operator<'a>,
        layer: usize,
        name: &str,
    ) -> Option<Result<(), OpError>> {
        let OperatorCode::Builtin(builtin) = operator.code else { return None };
        let Some(control) = ControlLayer::of(builtin) else {
            return match builtin {
                B::Slice => self.defer(operator),
                B::Concatenation => self.replace_element(operator, layer, name),
                _ => None,
            };
        };
        Some(match control {
            ControlLayer::CallOnce => self.call_once(operator),
            ControlLayer::VarHandle => self.var_handle(operator),
            ControlLayer::ReadVariable => self.read_variable(operator),
            ControlLayer::AssignVariable => self.assign_variable(operator),
            ControlLayer::If => self.branch(operator, layer, name),
            ControlLayer::While => self.repeat(operator, layer, name),
        })
    }

    /// Runs a graph that gives variables their first contents.
    fn call_once(&mut self, operator: &Operator<'a>) -> Result<(), OpError> {
        let Some(BuiltinOptionsRef::CallOnceOptions(options)) = operator.options else {
            return Err(no_options());
        };
        let mut inner = self.enter(options.init_subgraph_index()?)?;
        inner.variables.initialises = true;
        inner.layers();
        self.leave(&mut inner)?;
        if !inner.graph.nodes().is_empty() {
            let text = "gives variables contents that are not constant";
            return Err(OpError::unsupported(text));
        }
        for (variable, data) in inner.variables.initial {
            if self.variables.known.contains_key(&variable) {
                let text = format!("initialises variable `{variable}` after it was used");
                return Err(OpError::unsupported(text));
            }
            self.variables.initial.insert(variable, data);
        }
        Ok(())
    }

    /// Gives a tensor the meaning of a variable.
    fn var_handle(&mut self, operator: &Operator<'a>) -> Result<(), OpError> {
        let Some(BuiltinOptionsRef::VarHandleOptions(options)) = operator.options else {
            return Err(no_options());
        };
        let [Some(tensor)] = operator.outputs[..] else { return Err(arity()) };
        let part =
            |part: Option<&[u8]>| String::from_utf8_lossy(part.unwrap_or_default()).into_owned();
        let (container, name) = (part(options.container()?), part(options.shared_name()?));
        let name = if container.is_empty() { name } else { format!("{container}/{name}") };
        self.variables.handles.insert(tensor, name);
        Ok(())
    }

    fn read_variable(&mut self, operator: &Operator<'a>) -> Result<(), OpError> {
        let ([Some(handle)], [Some(tensor)]) = (&operator.inputs[..], &operator.outputs[..]) else {
            return Err(arity());
        };
        let ty = self.types[*tensor].clone()?;
        let current = self.variable(*handle, &ty)?.current;
        self.values.insert((*tensor, false), current);
        Ok(())
    }

    fn assign_variable(&mut self, operator: &Operator<'a>) -> Result<(), OpError> {
        let [Some(handle), Some(tensor)] = operator.inputs[..] else { return Err(arity()) };
        let value = self.value(tensor, false)?;
        if self.variables.initialises {
            let name = self.handle(handle)?;
            let Some(data) = self.graph.value(value).constant.clone() else {
                let text = "gives a variable a content that is not constant";
                return Err(OpError::unsupported(text));
            };
            self.variables.initial.insert(name, data);
            return Ok(());
        }
        let ty = self.graph.value(value).ty.clone();
        self.variable(handle, &ty)?.current = value;
        Ok(())
    }

    fn handle(&self, tensor: usize) -> Result<String, OpError> {
        self.variables.handles.get(&tensor).cloned().ok_or_else(|| {
            let name = value_name(self.source, tensor);
            OpError::unsupported(format!("`{name}` is not known to be a variable"))
                .hint("variables inside IF and WHILE are not supported: pass their values")
        })
    }

    /// The variable that a tensor refers to, which holds elements of type `ty`.
    fn variable(&mut self, handle: usize, ty: &TensorType) -> Result<&mut Variable, OpError> {
        let name = self.handle(handle)?;
        if !self.variables.known.contains_key(&name) {
            let zeros = || Arc::new(Data::zeros(ty.dtype, ty.shape.elements()));
            let initial = self.variables.initial.remove(&name).unwrap_or_else(zeros);
            if (initial.dtype(), initial.len()) != (ty.dtype, ty.shape.elements()) {
                let text = format!("variable `{name}` begins with a content of another type");
                return Err(OpError::inconsistent(text));
            }
            let before = self.graph.add_state(name.clone(), ty.clone(), initial);
            let variable = Variable { before, current: before };
            self.variables.known.insert(name.clone(), variable);
        }
        let variable = self.variables.known.get_mut(&name).expect("it was inserted above");
        let known = &self.graph.value(variable.before).ty;
        if known != ty {
            let text = format!("variable `{name}` holds {known} elsewhere, here {ty}");
            return Err(OpError::inconsistent(text));
        }
        Ok(variable)
    }

    /// Adds nodes that make the last values of variables their states.
    pub(super) fn store_variables(&mut self) {
        for (name, Variable { before, current }) in std::mem::take(&mut self.variables.known) {
            if before == current {
                continue;
            }
            let ty = self.graph.value(before).ty.clone();
            let after = self.graph.add_value(name.clone(), ty);
            let layer = self.source.operators.len();
            let (inputs, outputs) = (vec![current, before], vec![after]);
            self.graph.add_node(Node::new(name, layer, Op::store(), inputs, outputs));
            self.graph.set_state(before, after);
        }
    }

    /// A layer that runs one of two graphs.
    fn branch(&mut self, operator: &Operator<'a>, layer: usize, name: &str) -> Result<(), OpError> {
        let Some(BuiltinOptionsRef::IfOptions(options)) = operator.options else {
            return Err(no_options());
        };
        let indices = [options.then_subgraph_index()?, options.else_subgraph_index()?];
        let inputs = self.operands(operator)?;
        let Some((&condition, arguments)) = inputs.split_first() else { return Err(arity()) };
        let taken: Vec<usize> =
            (0..arguments.len()).filter(|&at| !self.is_constant(arguments[at])).collect();
        let given: Vec<usize> = (0..operator.outputs.len()).collect();
        let bindings =
            |import: &Self| arguments.iter().map(|&id| import.binding(id, true)).collect();
        let choice = self.graph.value(condition);
        if let Some(choice) = choice.constant.as_deref().filter(|_| is_choice(&choice.ty)) {
            let [index, idle] = if choice.get()[0] { indices } else { [indices[1], indices[0]] };
            self.used.extend(usize::try_from(idle));
            let region = self.region(index, bindings(self), &taken, &given)?;
            let arguments: Vec<_> = taken.iter().map(|&at| arguments[at]).collect();
            let results = self.graph.inline(&region, &arguments);
            return given.iter().zip(results).try_for_each(|(&at, id)| self.pass(operator, at, id));
        }
        let mut regions = Vec::new();
        for index in indices {
            let bindings = bindings(self);
            regions.push(own_results(self.region(index, bindings, &taken, &given)?));
        }
        let region = &regions[0];
        let results: Vec<TensorType> =
            region.outputs().iter().map(|&id| region.value(id).ty.clone()).collect();
        let typed = given.iter().zip(results.clone());
        let outputs =
            typed.map(|(&at, ty)| self.result(operator, at, ty)).collect::<Result<_, _>>()?;
        let inputs = [condition].into_iter().chain(taken.iter().map(|&at| arguments[at])).collect();
        let op = Op::Control(Control::If { results });
        self.graph.add_node(Node { regions, ..Node::new(name, layer, op, inputs, outputs) });
        Ok(())
    }

    /// A layer that runs a graph while another says so.
    fn repeat(&mut self, operator: &Operator<'a>, layer: usize, name: &str) -> Result<(), OpError> {
        let Some(BuiltinOptionsRef::WhileOptions(options)) = operator.options else {
            return Err(no_options());
        };
        let (condition, body) = (options.cond_subgraph_index()?, options.body_subgraph_index()?);
        let inputs = self.operands(operator)?;
        let source = self.subgraph(body)?;
        if source.inputs.len() != inputs.len() || source.outputs.len() != inputs.len() {
            let text = "runs a body that takes or gives another number of values";
            return Err(OpError::inconsistent(text));
        }
        // Values that the body hands on as they are need no copies, and constants stay constants.
        let changes = |at: &usize| source.inputs[*at] != source.outputs[*at];
        let carried: Vec<usize> = (0..inputs.len()).filter(changes).collect();
        let fixed = (0..inputs.len()).filter(|at| !changes(at));
        let captured = fixed.filter(|&at| !self.is_constant(inputs[at]));
        let taken: Vec<usize> = carried.iter().copied().chain(captured).collect();
        let mut regions = Vec::new();
        for (index, given) in [(condition, &[0][..]), (body, &carried)] {
            let values = inputs.iter().enumerate();
            let bindings = values.map(|(at, &id)| self.binding(id, !changes(&at))).collect();
            regions.push(own_results(self.region(index, bindings, &taken, given)?));
        }
        let decision = &regions[0];
        if !decision.outputs().iter().all(|&id| is_choice(&decision.value(id).ty)) {
            return Err(OpError::inconsistent("the condition must be one element of `bool`"));
        }
        let types: Vec<TensorType> =
            carried.iter().map(|&at| self.graph.value(inputs[at]).ty.clone()).collect();
        for at in (0..inputs.len()).filter(|at| !changes(at)) {
            if operator.outputs.get(at).copied().flatten().is_some() {
                self.pass(operator, at, inputs[at])?;
            }
        }
        let outputs = carried
            .iter()
            .zip(types)
            .map(|(&at, ty)| self.result(operator, at, ty))
            .collect::<Result<Vec<_>, _>>()?;
        let op = Op::Control(Control::While { carried: carried.len(), rounds: None });
        let inputs = taken.iter().map(|&at| inputs[at]).collect();
        self.graph.add_node(Node { regions, ..Node::new(name, layer, op, inputs, outputs) });
        Ok(())
    }

    fn is_constant(&self, id: ValueId) -> bool {
        self.graph.value(id).constant.is_some()
    }

    /// What a region gets to know of a value, constants only where it may.
    fn binding(&self, id: ValueId, may_fix: bool) -> Binding {
        let value = self.graph.value(id);
        match value.constant.clone().filter(|_| may_fix) {
            Some(data) => Binding::Constant(value.ty.clone(), data),
            None => Binding::Input(value.ty.clone()),
        }
    }

    /// The values that a layer reads, none of which may be missing.
    fn operands(&mut self, operator: &Operator<'a>) -> Result<Vec<ValueId>, OpError> {
        let tensors = operator.inputs.iter();
        tensors.map(|tensor| self.value(tensor.ok_or_else(arity)?, false)).collect()
    }

    /// Makes output `at` of a layer a value that is there already.
    fn pass(&mut self, operator: &Operator<'a>, at: usize, value: ValueId) -> Result<(), OpError> {
        let tensor = operator.outputs.get(at).copied().flatten().ok_or_else(arity)?;
        self.types[tensor] = Ok(self.graph.value(value).ty.clone());
        self.values.insert((tensor, false), value);
        Ok(())
    }

    /// The value of output `at` of a layer, whose type is known from the region that computes it.
    fn result(
        &mut self,
        operator: &Operator<'a>,
        at: usize,
        ty: TensorType,
    ) -> Result<ValueId, OpError> {
        let tensor = operator.outputs.get(at).copied().flatten().ok_or_else(arity)?;
        self.types[tensor] = Ok(ty);
        self.value(tensor, false)
    }

    fn subgraph(&self, index: i32) -> Result<&'a SubGraph<'a>, OpError> {
        let found = usize::try_from(index).ok().and_then(|index| self.subgraphs.get(index));
        found.ok_or_else(|| {
            let count = self.subgraphs.len();
            OpError::inconsistent(format!("runs graph {index}, of which the file has {count}"))
        })
    }

    /// An import of another graph of the file, which this layer runs.
    fn enter(&mut self, index: i32) -> Result<Self, OpError> {
        let source = self.subgraph(index)?;
        let left = self.budget.region_parts.checked_sub(parts(source));
        self.budget.region_parts = left.ok_or_else(|| OpError {
            code: Code::TooLarge,
            text: "runs graphs that run each other, with too many layers in all".to_owned(),
            hint: None,
        })?;
        self.used.extend(usize::try_from(index));
        let mut inner = self.inner(source);
        inner.depth = self.depth + 1;
        if inner.depth > MAX_DEPTH {
            let text = format!("is nested more than {MAX_DEPTH} deep");
            return Err(OpError { code: Code::TooLarge, text, hint: None });
        }
        Ok(inner)
    }

    /// Takes over what an inner import has spent, and its problems.
    fn leave(&mut self, inner: &mut Self) -> Result<(), OpError> {
        inner.check_size();
        self.budget = inner.budget;
        self.used.append(&mut inner.used);
        if inner.problems.is_empty() {
            return Ok(());
        }
        self.problems.append(&mut inner.problems);
        Err(OpError::inconsistent("runs a graph with problems, which are listed"))
    }

    /// Imports a graph whose inputs are bound as `bindings` say. The graph that comes out takes the
    /// inputs at `taken` and gives the outputs at `given`, which may be inputs or constants.
    fn region(
        &mut self,
        index: i32,
        bindings: Vec<Binding>,
        taken: &[usize],
        given: &[usize],
    ) -> Result<Graph, OpError> {
        let mut inner = self.enter(index)?;
        let source = inner.source;
        if source.inputs.len() != bindings.len() {
            let (takes, gets) = (source.inputs.len(), bindings.len());
            return Err(OpError::inconsistent(format!(
                "runs a graph that takes {takes} values, and gives it {gets}"
            )));
        }
        let mut inputs = Vec::new();
        for (&tensor, binding) in source.inputs.iter().zip(bindings) {
            let name = value_name(source, tensor);
            let (Binding::Input(ty) | Binding::Constant(ty, _)) = &binding;
            inner.types[tensor] = Ok(ty.clone());
            let value = match binding {
                Binding::Input(ty) => inner.graph.add_value(name, ty),
                Binding::Constant(ty, data) => inner.graph.add_constant(name, ty, data),
            };
            inner.values.insert((tensor, false), value);
            inputs.push(value);
        }
        inner.layers();
        self.leave(&mut inner)?;
        let mut outputs = Vec::new();
        for &at in given {
            let &tensor = source.outputs.get(at).ok_or_else(|| {
                OpError::inconsistent(format!("runs a graph without output {at}"))
            })?;
            outputs.push(inner.value(tensor, false)?);
        }
        if !inner.variables.initial.is_empty() {
            return Err(OpError::unsupported("runs a graph that initialises variables"));
        }
        if !inner.graph.states().is_empty() {
            return Err(OpError::unsupported("runs a graph that keeps a state of its own"));
        }
        inner.graph.set_inputs(taken.iter().map(|&at| inputs[at]).collect());
        inner.graph.set_outputs(outputs);
        Ok(inner.graph)
    }
}

/// The region with copies of those results that no layer of it computes, since some layer must write
/// them.
fn own_results(mut region: Graph) -> Graph {
    let nodes = region.nodes();
    let layer = nodes.last().map_or(0, |node| node.layer + 1);
    let computed: BTreeSet<ValueId> =
        nodes.iter().flat_map(|node| &node.outputs).copied().collect();
    let mut outputs = region.outputs().to_vec();
    for output in outputs.iter_mut().filter(|output| !computed.contains(output)) {
        let Value { name, ty, .. } = region.value(*output).clone();
        let copy = region.add_value(name.clone(), ty);
        region.add_node(Node::new(name, layer, Op::duplicate(), vec![*output], vec![copy]));
        *output = copy;
    }
    region.set_outputs(outputs);
    region
}

/// What importing a graph costs: its tensors, layers, and what these read and write.
fn parts(source: &SubGraph) -> usize {
    let ends = source.operators.iter().map(|layer| 1 + layer.inputs.len() + layer.outputs.len());
    1 + source.tensors.len() + source.inputs.len() + source.outputs.len() + ends.sum::<usize>()
}

fn no_options() -> OpError {
    OpError {
        code: Code::Malformed,
        text: "its options are missing or belong to another operator".to_owned(),
        hint: None,
    }
}

fn arity() -> OpError {
    OpError::inconsistent("has a wrong number of inputs or outputs")
}
