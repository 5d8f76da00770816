//! Links between the project's pages lead somewhere.

use std::path::{Component, Path, PathBuf};

use anyhow::Result;

use super::tree::Tree;

/// Checks the links of all Markdown files.
pub(crate) fn check(tree: &Tree) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for file in tree.below("", "md") {
        for (number, link) in links(&file.text) {
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() { file.path.clone() } else { join(&file.path, path) };
            if !tree.root.join(&target).exists() {
                problems.push(format!("{}:{number}: `{link}` leads nowhere", file.path));
            } else if !anchor.is_empty() && !anchors(tree.text(&target)?).any(|a| a == anchor) {
                problems.push(format!("{}:{number}: `{target}` has no `#{anchor}`", file.path));
            }
        }
    }
    Ok(problems)
}

/// Targets of links to files, with line numbers; code blocks are left out.
fn links(text: &str) -> Vec<(usize, &str)> {
    let mut links = Vec::new();
    for (number, line) in prose(text) {
        for (at, _) in line.match_indices("](") {
            let target = line[at + 2..].split(')').next().unwrap_or_default();
            if !target.contains("://") && !target.starts_with("mailto:") {
                links.push((number, target));
            }
        }
    }
    links
}

/// Lines outside code blocks, with their numbers.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut code = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let fence = line.trim_start().starts_with("```");
        code ^= fence;
        (!code && !fence).then_some((index + 1, line))
    })
}

/// Anchors of a page's headings, as code hosts make them.
fn anchors(text: &str) -> impl Iterator<Item = String> {
    prose(text).filter(|(_, line)| line.starts_with('#')).map(|(_, line)| {
        let title = line.trim_start_matches('#').trim().to_lowercase();
        let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    })
}

/// `link` as seen from `page`, relative to the project.
fn join(page: &str, link: &str) -> String {
    let mut path = PathBuf::from(page);
    path.pop();
    for part in Path::new(link).components() {
        match part {
            Component::ParentDir => {
                path.pop();
            }
            Component::Normal(name) => path.push(name),
            _ => {}
        }
    }
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_and_resolved() {
        let text = "a [b](../c.md#d) [e](https://f)\n```\n[g](h)\n```\n";
        assert_eq!(links(text), [(1, "../c.md#d")]);
        assert_eq!(join("docs/x/a.md", "../c.md"), "docs/c.md");
        let page = "## Bits & `bytes`: 8\n";
        assert_eq!(anchors(page).collect::<Vec<_>>(), ["bits--bytes-8"]);
    }
}
