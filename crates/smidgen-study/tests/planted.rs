//! An error of one step, planted into the generated code of any single layer, is found in that
//! layer and in no other.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod support;

use rayon::prelude::*;
use smidgen_compiler::Compiled;
use smidgen_compiler::eval::{self, Values};
use smidgen_compiler::tensor::{DType, Rounding};
use smidgen_study::Recipe;
use smidgen_study::report::Verdict;
use support::{Golden, bundled, workbench};

/// Makes step `index` change the first element of its first output by one step; floats by half or
/// more of their value.
fn plant(compiled: &Compiled, index: usize) -> Compiled {
    let mut planted = compiled.clone();
    let step = &compiled.bundle.manifest.steps[index];
    let output = &step.outputs[0];
    let byte = match output.element.dtype() {
        DType::F32 => output.offset + 3,
        _ => output.offset,
    };
    let source = planted.bundle.files.iter_mut().find(|file| file.path == "model.c").unwrap();
    let head = format!("void {}(uint8_t *arena) {{", step.function);
    let start = source.text.find(&head).unwrap() + head.len();
    let end = start + source.text[start..].find("\n}").unwrap();
    source.text.insert_str(end, &format!("\n    arena[{byte}] = (uint8_t)(arena[{byte}] ^ 1u);"));
    planted
}

fn check(golden: &Golden) {
    let workbench = workbench();
    let recipe = Recipe::default();
    let board = workbench.board("host").unwrap();
    let model = golden.load(Rounding::Tflm);
    let samples = golden.samples(&model);
    let values: Vec<Values> =
        samples.iter().map(|sample| eval::evaluate(&model.graph, sample).unwrap()).collect();
    let compiled = workbench.compile(&model, board, &recipe).unwrap();
    let verify =
        |compiled: &Compiled| workbench.verify_layers(compiled, board, &recipe, &values).unwrap();
    assert_ne!(verify(&compiled).verdict, Verdict::Wrong, "{}", golden.name());
    (0..compiled.program.steps.len()).into_par_iter().for_each(|index| {
        let report = verify(&plant(&compiled, index));
        for (layer, found) in report.layers.iter().enumerate() {
            let what = format!("{}: planted in {index}, looked at {layer}", golden.name());
            assert_eq!(found.comparison.verdict == Verdict::Wrong, layer == index, "{what}");
            if layer == index && found.comparison.max_difference.fract() == 0.0 {
                assert!(found.comparison.max_difference >= 1.0, "{what}");
            }
        }
        assert_eq!(report.first_wrong, Some(index));
    });
}

#[test]
fn an_error_of_one_step_in_any_layer_is_found() {
    bundled().iter().for_each(check);
}
