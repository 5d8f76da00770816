//! Layer by layer: every operator is fed the reference's own input, so that a wrong layer neither
//! hides behind nor spoils the others.

use crate::compare::{Comparison, compare, compare_output};
use crate::inputs::Sample;
use crate::report::Verdict;
use crate::workbench::{evaluate_all, split};
use crate::{Error, Model, Recipe, Workbench};
use serde::Serialize;
use smidgen_compiler::Compiled;
use smidgen_compiler::eval::Values;
use smidgen_compiler::lower::{Operand, Port};
use smidgen_compiler::tensor::Data;
use smidgen_run::{Image, Mode, Request};
use smidgen_target::Board;

/// Version of the JSON that [`VerifyReport`] serialises to.
pub const VERIFY_SCHEMA: &str = "smidgen.verify/1";

/// How targets compare with the reference, layer by layer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VerifyReport {
    /// [`VERIFY_SCHEMA`].
    pub schema: String,
    /// Name of the model.
    pub model: String,
    /// Number of samples.
    pub samples: usize,
    /// One per target.
    pub targets: Vec<TargetReport>,
}

/// One target.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TargetReport {
    /// Name of the board.
    pub board: String,
    /// The worst verdict of all layers and outputs.
    pub verdict: Verdict,
    /// Index of the first layer that is wrong.
    pub first_wrong: Option<usize>,
    /// Layers in execution order, each fed the reference's own input.
    pub layers: Vec<LayerReport>,
    /// Model outputs of whole inferences, which also show errors between layers: in the placement
    /// of buffers, or in the optimisation of the graph.
    pub outputs: Vec<OutputReport>,
}

/// One model output on one target.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OutputReport {
    /// Name of the tensor.
    pub name: String,
    /// All samples.
    #[serde(flatten)]
    pub comparison: Comparison,
}

/// One layer on one target.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LayerReport {
    /// Name of the source layer.
    pub name: String,
    /// Operator name, such as `CONV_2D`.
    pub kind: String,
    /// All its outputs over all samples.
    #[serde(flatten)]
    pub comparison: Comparison,
}

impl Workbench {
    /// Compares every layer on `board` with the reference on the same optimised graph, and the
    /// outputs of whole inferences with the reference on the model as imported.
    pub fn verify(
        &self,
        model: &Model,
        board: &Board,
        recipe: &Recipe,
        samples: &[Sample],
    ) -> Result<TargetReport, Error> {
        let values = evaluate_all(self, model, &model.graph, samples)?;
        let stand_in = self.stand_in(board)?;
        let compiled = self.compile(model, &stand_in, recipe)?;
        let mut report = self.verify_layers(&compiled, &stand_in, recipe, &values)?;
        report.board.clone_from(&board.name);
        let actual = self.infer(model, board, recipe, samples)?;
        let expected = self.reference(model, samples)?;
        let output = |(index, port): (usize, &Port)| {
            let comparison = compare_output(index, &expected, &actual);
            OutputReport { name: port.name.clone(), comparison }
        };
        report.outputs = compiled.program.outputs.iter().enumerate().map(output).collect();
        let worst = report.outputs.iter().map(|output| output.comparison.verdict).max();
        report.verdict = report.verdict.max(worst.unwrap_or(Verdict::Exact));
        Ok(report)
    }

    /// Feeds every layer the operands in `values` (one entry per sample) and compares what it
    /// computes with its results there.
    pub fn verify_layers(
        &self,
        compiled: &Compiled,
        board: &Board,
        recipe: &Recipe,
        values: &[Values],
    ) -> Result<TargetReport, Error> {
        let image = self.build(compiled, board, recipe, Mode::Steps)?;
        self.verify_image(compiled, &image, values)
    }

    /// The same for an image that was built from `compiled` in [`Mode::Steps`].
    pub fn verify_image(
        &self,
        compiled: &Compiled,
        image: &Image,
        values: &[Values],
    ) -> Result<TargetReport, Error> {
        let board = &image.board;
        let inputs = values.iter().map(|values| step_inputs(compiled, values)).collect();
        let runner = self.runner(board)?;
        let capture = runner.run(image, &Request::new(inputs))?;
        let ports: Vec<_> =
            compiled.bundle.manifest.steps.iter().flat_map(|s| s.outputs.clone()).collect();
        let outputs: Vec<_> = capture.outputs.iter().map(|bytes| split(&ports, bytes)).collect();
        let mut at = 0;
        let mut layers = Vec::new();
        for step in &compiled.program.steps {
            let (mut expected, mut actual) = (Vec::new(), Vec::new());
            for port in &step.outputs {
                for (values, outputs) in values.iter().zip(&outputs) {
                    expected.push(data(values, port.slot));
                    actual.push(&outputs[at]);
                }
                at += 1;
            }
            layers.push(LayerReport {
                name: step.name.clone(),
                kind: step.kind.to_string(),
                comparison: compare(&expected, &actual),
            });
        }
        Ok(TargetReport {
            board: board.name.clone(),
            verdict: layers.iter().map(|l| l.comparison.verdict).max().unwrap_or(Verdict::Exact),
            first_wrong: layers.iter().position(|l| l.comparison.verdict == Verdict::Wrong),
            layers,
            outputs: Vec::new(),
        })
    }
}

/// The operands of all steps, as the harness reads them.
fn step_inputs(compiled: &Compiled, values: &Values) -> Vec<u8> {
    let operands = compiled.program.steps.iter().flat_map(|step| &step.inputs);
    let activations = operands.filter_map(|operand| match operand {
        Operand::Activation(port) => Some(port.slot),
        Operand::Constant(_) => None,
    });
    activations.flat_map(|value| data(values, value).to_le_bytes()).collect()
}

fn data(values: &Values, slot: smidgen_compiler::graph::Slot) -> &Data {
    values[slot.0].as_deref().expect("an evaluation has data for every value")
}
