//! Checks that a graph contradicts itself nowhere.

use super::{Graph, Node, ValueId};
use crate::diag::{Code, Diagnostic, Origin};
use crate::ops::{Control, Op, is_choice};
use crate::tensor::{DType, Shape, TensorType};

impl Graph {
    /// Checks order, definitions, types, shapes and quantisation; returns all problems.
    pub fn verify(&self) -> Result<(), Vec<Diagnostic>> {
        let mut problems = Vec::new();
        let mut defined: Vec<bool> = self.values.iter().map(|v| v.constant.is_some()).collect();
        for value in &self.values {
            let elements = value.ty.shape.elements();
            let fits = |data: &crate::tensor::Data| {
                data.dtype() == value.ty.dtype && data.len() == elements
            };
            if value.constant.as_deref().is_some_and(|data| !fits(data)) {
                let at = Origin::Value { name: value.name.clone() };
                let text = format!("the constant's data does not fit its type {}", value.ty);
                problems.push(Diagnostic::new(Code::Inconsistent, at, text));
            }
        }
        let states = self.states.iter().map(|state| state.before);
        for input in self.inputs.iter().copied().chain(states) {
            self.define(input, &Origin::Model, &mut defined, &mut problems);
        }
        for node in &self.nodes {
            for &input in &node.inputs {
                if !defined[input.index()] {
                    let text = format!(
                        "reads tensor `{}` before any layer has computed it",
                        self.value(input).name
                    );
                    problems.push(Diagnostic::new(Code::Inconsistent, node.origin(), text));
                }
            }
            for &output in &node.outputs {
                self.define(output, &node.origin(), &mut defined, &mut problems);
            }
            problems.extend(self.check_types(node).err());
            problems.extend(self.check_regions(node).err().into_iter().flatten());
        }
        for state in &self.states {
            let types = [state.before, state.after].map(|id| &self.value(id).ty);
            let (ty, initial) = (types[0], &state.initial);
            let fits = (initial.dtype(), initial.len()) == (ty.dtype, ty.shape.elements());
            if !fits || types[0] != types[1] {
                let at = Origin::Value { name: state.name.clone() };
                let text = format!("is a state of {ty} whose contents have other types");
                problems.push(Diagnostic::new(Code::Inconsistent, at, text));
            }
        }
        for output in self.results() {
            if !defined[output.index()] {
                let at = Origin::Value { name: self.value(output).name.clone() };
                let text = "is a result of the model, but no layer computes it";
                problems.push(Diagnostic::new(Code::Inconsistent, at, text));
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    fn define(
        &self,
        id: ValueId,
        by: &Origin,
        defined: &mut [bool],
        problems: &mut Vec<Diagnostic>,
    ) {
        if std::mem::replace(&mut defined[id.index()], true) {
            let text =
                format!("defines tensor `{}`, which is already defined", self.value(id).name);
            problems.push(Diagnostic::new(Code::Inconsistent, by.clone(), text));
        }
    }

    /// Checks the graphs that a node runs, and that they take and give what it says.
    fn check_regions(&self, node: &Node) -> Result<(), Vec<Diagnostic>> {
        let types = |ids: &[ValueId]| ids.iter().map(|&id| &self.value(id).ty).collect::<Vec<_>>();
        let (inputs, outputs) = (types(&node.inputs), types(&node.outputs));
        let choice = TensorType::plain(DType::Bool, Shape::scalar());
        let wanted: Vec<(&[&TensorType], Vec<&TensorType>)> = match &node.op {
            Op::Control(Control::If { .. }) => {
                vec![(&inputs[1..], outputs.clone()), (&inputs[1..], outputs.clone())]
            }
            Op::Control(Control::While { .. }) => {
                vec![(&inputs[..], vec![&choice]), (&inputs[..], outputs.clone())]
            }
            _ => Vec::new(),
        };
        let inconsistent =
            |text: &str| vec![Diagnostic::new(Code::Inconsistent, node.origin(), text.to_owned())];
        if wanted.len() != node.regions.len() {
            return Err(inconsistent("has a wrong number of regions"));
        }
        for (region, (takes, gives)) in node.regions.iter().zip(wanted) {
            region.verify()?;
            let types = |ids: &[ValueId]| ids.iter().map(|&id| &region.value(id).ty).collect();
            let (inputs, outputs): (Vec<_>, Vec<_>) =
                (types(&region.inputs), types(&region.outputs));
            let same = |a: &&TensorType, b: &&TensorType| a == b || is_choice(a) && is_choice(b);
            let fit = |a: &[&TensorType], b: &[&TensorType]| {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
            };
            if !fit(&inputs, takes) || !fit(&outputs, &gives) || !region.states.is_empty() {
                return Err(inconsistent("runs graphs whose inputs or outputs have other types"));
            }
            // Results are copied one by one to where inputs may lie.
            if region.outputs.iter().any(|id| region.inputs.contains(id)) {
                return Err(inconsistent("runs a graph that hands an input on"));
            }
        }
        Ok(())
    }

    /// Checks types, shapes and quantisation of one node.
    pub fn check_types(&self, node: &Node) -> Result<(), Diagnostic> {
        let site = self.site(node);
        let inputs: Vec<_> = site.inputs.iter().map(|operand| operand.ty).collect();
        let inferred = node.op.infer(&inputs).map_err(|e| e.at(node.origin()))?;
        let inconsistent = |text| Diagnostic::new(Code::Inconsistent, node.origin(), text);
        if inferred.len() != site.outputs.len() {
            return Err(inconsistent(format!(
                "computes {} outputs, but the model declares {}",
                inferred.len(),
                site.outputs.len()
            )));
        }
        for ((dtype, shape), declared) in inferred.iter().zip(&site.outputs) {
            if *dtype != declared.dtype || *shape != declared.shape {
                return Err(inconsistent(format!(
                    "computes {dtype}{shape}, but the model declares {}{}",
                    declared.dtype, declared.shape
                )));
            }
        }
        let updates = node.op.updates();
        let first = site.outputs.len().saturating_sub(updates.len());
        for (&operand, output) in updates.iter().zip(&site.outputs[first..]) {
            if site.inputs.get(operand).is_none_or(|input| input.ty != *output) {
                return Err(inconsistent(format!(
                    "input {operand} holds a state, whose type cannot become {output}"
                )));
            }
        }
        node.op.check(&site).map_err(|e| e.at(node.origin()))
    }
}
