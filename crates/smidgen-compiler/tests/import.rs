//! Real models and fixtures import, or say exactly which of their operators are not supported.

mod support;

use smidgen_compiler::diag::{Code, Origin};
use smidgen_compiler::frontend::{self, ReadOptions};
use smidgen_compiler::ops::Op;
use support::File;

fn check(file: &File) {
    let options = ReadOptions { name: "model".to_owned(), ..ReadOptions::default() };
    let Err(problems) = frontend::read(&file.bytes, &options) else { return };
    let supported: Vec<_> =
        Op::supported().iter().flat_map(|op| &op.tflite).map(|claim| claim.name).collect();
    for problem in problems {
        let unsupported = matches!(&problem.at, Origin::Layer { kind, .. }
            if problem.code == Code::UnsupportedOperator && !supported.contains(&kind.as_str()));
        assert!(unsupported, "{}: {problem}", file.path.display());
    }
}

#[test]
fn fixtures_import() {
    support::fixtures().iter().for_each(check);
}

#[test]
fn models_import() {
    support::models().iter().for_each(check);
}
