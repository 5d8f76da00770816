//! `smidgen convert`: a model as a TFLite file.

use super::Outcome;
use crate::cli::{Cli, ConvertArgs};
use crate::output;
use crate::table::number;
use smidgen_compiler::tensor::Rounding;
use smidgen_study::{Error, Model, write_tflite};

pub(super) fn run(args: &ConvertArgs, cli: &Cli) -> Result<Outcome, Error> {
    let mut recipe = super::recipe(&args.recipe)?;
    // The file is for TFLite's interpreters.
    if *recipe.rounding.get_or_insert_default() == Rounding::Onnx {
        let text = "TFLite's interpreters do not round as onnxruntime: leave out `--rounding onnx`";
        return Err(Error::Usage(text.to_owned()));
    }
    let model = Model::load(&args.model, &recipe)?;
    let bytes = write_tflite(&model, &args.output)?;
    if cli.json {
        output::json(&serde_json::json!({
            "schema": "smidgen.convert/1",
            "model": model.report(),
            "file": args.output,
            "bytes": bytes,
        }));
        return Ok(Outcome::Fine);
    }
    let path = args.output.display();
    output::text(&format!("wrote {} bytes to {path}\n", number(bytes as u64)));
    Ok(Outcome::Fine)
}
