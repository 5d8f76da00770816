//! What holds for every file that people write: size, first line, and words that must not occur.

use anyhow::Result;

use super::tree::{File, Tree, has_ending};

/// Most lines of a hand-written file.
const MAX_LINES: usize = 700;

/// Files that show what the rules look for.
const EXEMPT: &str = "xtask/src/tidy/";

/// Checks all hand-written sources.
pub(crate) fn check(tree: &Tree) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    let hand_written = |file: &&File| !file.is_generated() && !has_ending(&file.path, "toml");
    for file in tree.files.iter().filter(hand_written) {
        let lines = file.text.lines().count();
        if lines > MAX_LINES {
            problems.push(format!("{}: has {lines} lines, more than {MAX_LINES}", file.path));
        }
        if has_ending(&file.path, "rs") {
            rust(file, &mut problems);
        }
    }
    problems.extend(codes(tree)?);
    Ok(problems)
}

fn rust(file: &File, problems: &mut Vec<String>) {
    if !file.text.starts_with("//! ") {
        problems.push(format!("{}:1: does not open with a `//!` line", file.path));
    }
    if file.path.starts_with(EXEMPT) {
        return;
    }
    for (index, _) in file.text.lines().enumerate().filter(|(_, line)| line.contains("#[ignore")) {
        problems.push(format!("{}:{}: ignores a test", file.path, index + 1));
    }
    for (number, _) in file.code().into_iter().filter(|(_, line)| line.contains(".unwrap()")) {
        problems.push(format!("{}:{number}: `unwrap` outside tests", file.path));
    }
}

/// Every kind of problem that users can meet has a paragraph.
fn codes(tree: &Tree) -> Result<Vec<String>> {
    let source = tree.text("crates/smidgen-compiler/src/diag.rs")?;
    let page = tree.text("docs/troubleshooting.md")?;
    let names = source.lines().filter_map(|line| {
        line.trim().strip_prefix("Self::")?.split_once("=> \"")?.1.strip_suffix("\",")
    });
    let missing = names.filter(|name| !page.contains(&format!("`{name}`")));
    Ok(missing.map(|name| format!("docs/troubleshooting.md: `{name}` is not explained")).collect())
}
