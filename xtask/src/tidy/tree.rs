//! The project's text files, and the parts of them that rules look at.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Folders that hold nothing written by hand.
const SKIPPED: [&str; 3] = ["target", ".git", "__pycache__"];

/// Endings of files that are text.
const TEXT: [&str; 11] = ["rs", "md", "toml", "c", "h", "s", "ld", "py", "css", "js", "html"];

/// What stands before an item that exists in tests alone.
const TEST_ONLY: &str = "#[cfg(test)]";

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
    /// Whether it exists in tests alone.
    is_test: bool,
}

impl Tree {
    /// Reads the project in `root`.
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let mut tree = Self { root: root.to_owned(), files: Vec::new() };
        tree.add(root, "")?;
        tree.files.sort_by(|a, b| a.path.cmp(&b.path));
        let tests: BTreeSet<_> = tree.below("", "rs").flat_map(File::test_modules).collect();
        for file in &mut tree.files {
            file.is_test |= tests.contains(&file.path);
        }
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
                let is_test = path.contains("/tests/");
                self.files.push(File { path, text, is_test });
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

    /// Lines of Rust outside tests and comments, with their numbers. Items behind `#[cfg(test)]`
    /// are left out by their indentation, which `rustfmt` makes reliable; a module of tests is the
    /// last item of its file, which Clippy checks.
    pub(crate) fn code(&self) -> Vec<(usize, &str)> {
        let mut code = Vec::new();
        let mut lines = self.text.lines().enumerate().map(|(index, line)| (index + 1, line));
        if self.is_test {
            return code;
        }
        while let Some((number, line)) = lines.next() {
            if line.trim_start().starts_with(TEST_ONLY) {
                let ends = |candidate: &str| {
                    indent(candidate) == indent(line)
                        && (candidate.ends_with('}') || candidate.ends_with(';'))
                };
                match lines.next() {
                    Some((_, item)) if item.ends_with("mod tests {") => break,
                    Some((_, item)) if ends(item) => {}
                    _ => _ = lines.find(|(_, line)| ends(line)),
                }
            } else if !line.trim_start().starts_with("//") {
                code.push((number, line));
            }
        }
        code
    }

    /// Paths at which the file's modules that exist in tests alone may lie.
    fn test_modules(&self) -> impl Iterator<Item = String> {
        let stem = self.path.trim_end_matches(".rs");
        let folder = match stem.rsplit_once('/') {
            Some((folder, "mod" | "lib" | "main")) => folder,
            _ => stem,
        };
        let items = self.text.split(TEST_ONLY).skip(1);
        let names = items.filter_map(|item| {
            let (head, name) = item.trim_start().split_once(';')?.0.split_once("mod ")?;
            (head.len() < 12 && !name.contains('{')).then_some(name)
        });
        names.flat_map(move |name| {
            [format!("{folder}/{name}.rs"), format!("{folder}/{name}/mod.rs")]
        })
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

/// Whether the file's name ends with `.ending`.
pub(crate) fn has_ending(path: &str, ending: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, found)| found == ending)
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_what_is_no_test_and_no_comment() {
        let text = "//! What.\nfn a() {}\n#[cfg(test)]\nmod testing;\nfn b() {}\n\
                    #[cfg(test)]\nfn c() {\n}\nfn d() {}\n#[cfg(test)]\nmod tests {\n}\n}\n";
        let file = File { path: "src/a/mod.rs".into(), text: text.into(), is_test: false };
        let code: Vec<_> = file.code().into_iter().map(|(number, _)| number).collect();
        assert_eq!(code, [2, 5, 9]);
        assert!(file.test_modules().any(|path| path == "src/a/testing.rs"));
        assert!(File { is_test: true, ..file }.code().is_empty());
    }

    #[test]
    fn tables_are_found_by_heading() {
        let text = "# A\n\n## B\n\ntext\n\n| x | y |\n|---|---|\n| `p` | q and `r` |\n\n| z |\n";
        assert_eq!(table(text, "## B").unwrap(), [["`p`", "q and `r`"]]);
        assert!(table(text, "## C").is_err());
        assert_eq!(literals("`p` or `q`").collect::<Vec<_>>(), ["p", "q"]);
    }
}
