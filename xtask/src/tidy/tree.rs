//! The project's text files, and the parts of them that rules look at.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Folders that hold nothing written by hand.
const SKIPPED: [&str; 3] = ["target", ".git", "__pycache__"];

/// Endings of files that are text.
const TEXT: [&str; 11] = ["rs", "md", "toml", "c", "h", "s", "ld", "py", "css", "js", "html"];

/// The project.
pub(crate) struct Tree {
    /// Its folder.
    pub(crate) root: PathBuf,
    /// Its text files, sorted by path.
    pub(crate) files: Vec<File>,
}

/// A text file.
pub(crate) struct File {
    /// Path relative to the project, with `/` as separator.
    pub(crate) path: String,
    /// Content.
    pub(crate) text: String,
}

impl Tree {
    /// Reads the project in `root`.
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let mut tree = Self { root: root.to_owned(), files: Vec::new() };
        tree.add(root, "")?;
        tree.files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(tree)
    }

    fn add(&mut self, folder: &Path, prefix: &str) -> Result<()> {
        let entries = fs::read_dir(folder);
        for entry in entries.with_context(|| format!("cannot read `{}`", folder.display()))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{prefix}{name}");
            let kind = entry.file_type()?;
            if kind.is_dir() && !SKIPPED.contains(&name.as_str()) {
                self.add(&entry.path(), &format!("{path}/"))?;
            } else if kind.is_file() && TEXT.iter().any(|&ending| has_ending(&path, ending)) {
                let text = fs::read_to_string(entry.path());
                let text = text.with_context(|| format!("`{path}` is no UTF-8 text"))?;
                self.files.push(File { path, text });
            }
        }
        Ok(())
    }

    /// The content of a file that must be there.
    pub(crate) fn text(&self, path: &str) -> Result<&str> {
        let file = self.files.iter().find(|file| file.path == path);
        Ok(&file.with_context(|| format!("`{path}` is missing"))?.text)
    }

    /// Files below `folder`, which ends with `/`, whose names end with `.ending`.
    pub(crate) fn below<'a>(
        &'a self,
        folder: &'a str,
        ending: &'a str,
    ) -> impl Iterator<Item = &'a File> {
        let matches =
            move |file: &&File| file.path.starts_with(folder) && has_ending(&file.path, ending);
        self.files.iter().filter(matches)
    }
}

impl File {
    /// Whether a program wrote the file.
    pub(crate) fn is_generated(&self) -> bool {
        self.text.lines().take(3).any(|line| line.contains("@generated"))
    }

    /// Whether the whole Rust file is test code.
    pub(crate) fn is_test(&self) -> bool {
        self.path.contains("/tests/") || self.path.ends_with("/tests.rs")
    }

    /// Lines of Rust outside tests and comments, with their numbers. Items behind `#[cfg(test)]`
    /// are left out by their indentation, which `rustfmt` makes reliable.
    pub(crate) fn code(&self) -> Vec<(usize, &str)> {
        let mut code = Vec::new();
        let mut lines = self.text.lines().enumerate().map(|(index, line)| (index + 1, line));
        if self.is_test() {
            return code;
        }
        while let Some((number, line)) = lines.next() {
            if line.trim_start().starts_with("#[cfg(test)]") {
                let indent = indent(line);
                let ends = |line: &str| {
                    indent_is(line, indent) && (line.ends_with('}') || line.ends_with(';'))
                };
                lines.by_ref().find(|(_, line)| ends(line));
            } else if !line.trim_start().starts_with("//") {
                code.push((number, line));
            }
        }
        code
    }
}

/// Rows of the first table under `heading` of a Markdown text, cell by cell, without its head.
pub(crate) fn table<'a>(text: &'a str, heading: &str) -> Result<Vec<Vec<&'a str>>> {
    let section = text
        .split_once(&format!("\n{heading}\n"))
        .with_context(|| format!("there is no heading `{heading}`"))?
        .1;
    let lines = section.lines().skip_while(|line| !line.starts_with('|'));
    let rows = lines.take_while(|line| line.starts_with('|')).skip(2);
    Ok(rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect()).collect())
}

/// The texts in backticks.
pub(crate) fn literals(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

fn has_ending(path: &str, ending: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, found)| found == ending)
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn indent_is(line: &str, wanted: usize) -> bool {
    indent(line) == wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_what_is_no_test_and_no_comment() {
        let text = "//! What.\nfn a() {}\n#[cfg(test)]\nmod tests;\nfn b() {}\n#[cfg(test)]\nmod t {\n    fn c() {}\n}\nfn d() {}\n";
        let file = File { path: "src/a.rs".into(), text: text.into() };
        let code: Vec<_> = file.code().into_iter().map(|(number, _)| number).collect();
        assert_eq!(code, [2, 5, 10]);
        let test = File { path: "src/a/tests.rs".into(), text: text.into() };
        assert!(test.code().is_empty());
    }

    #[test]
    fn tables_are_found_by_heading() {
        let text = "# A\n\n## B\n\ntext\n\n| x | y |\n|---|---|\n| `p` | q and `r` |\n\n| z |\n";
        assert_eq!(table(text, "## B").unwrap(), [["`p`", "q and `r`"]]);
        assert!(table(text, "## C").is_err());
        assert_eq!(literals("`p` or `q`").collect::<Vec<_>>(), ["p", "q"]);
    }
}
