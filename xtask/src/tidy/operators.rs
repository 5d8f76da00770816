//! Operators keep to themselves, and show what they claim: nothing outside names one, and every
//! element type has a conformance case.

use anyhow::{Context, Result};
use smidgen_compiler::ops::Op;
use smidgen_compiler::tensor::DType;

use super::tree::{File, Tree};

/// Where the operators are.
const OPS: &str = "crates/smidgen-compiler/src/ops/";

/// Passes that may name operators.
const FUSIONS: &str = "crates/smidgen-compiler/src/passes/fuse_";

/// Checks names and cases.
pub(crate) fn check(tree: &Tree) -> Result<Vec<String>> {
    let rows = rows(tree.text(&format!("{OPS}mod.rs"))?)?;
    let mut problems = untested();
    let mut names: Vec<String> =
        Op::supported().iter().map(|operator| format!("\"{}\"", operator.name)).collect();
    for (folder, ty) in &rows {
        names.extend([format!("Op::{ty}("), format!("ops::{folder}::"), format!("{folder}::{ty}")]);
    }
    let outside = |file: &&File| {
        file.path.contains("/src/")
            && !file.path.starts_with(OPS)
            && !file.path.starts_with(FUSIONS)
    };
    for file in tree.below("crates/", "rs").filter(outside).filter(|file| !file.is_generated()) {
        for (number, line) in file.code() {
            for name in names.iter().filter(|name| line.contains(*name)) {
                problems.push(format!("{}:{number}: names an operator: {name}", file.path));
            }
        }
    }
    Ok(problems)
}

/// Element types that an operator claims and no case has.
fn untested() -> Vec<String> {
    let mut problems = Vec::new();
    for (operator, (name, cases)) in Op::supported().iter().zip(Op::cases()) {
        let tested = |ty: &DType| cases.iter().any(|case| case.inputs[0].0.dtype == *ty);
        for ty in operator.types.iter().filter(|ty| !tested(ty)) {
            problems.push(format!("{OPS}: `{name}` claims `{ty}`, but no case has it"));
        }
    }
    problems
}

/// Folder and type of every row of the operator table.
fn rows(text: &str) -> Result<Vec<(&str, &str)>> {
    let body = text.split_once("\noperators! {\n").context("there is no operator table")?.1;
    let body = body.split_once("\n}").context("the operator table has no end")?.0;
    body.lines()
        .map(|line| line.trim().trim_end_matches(',').split_once("::"))
        .collect::<Option<Vec<_>>>()
        .context("a row of the operator table is not `folder::Type`")
}
