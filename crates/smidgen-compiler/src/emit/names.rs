//! C identifiers and comments from names that a model's author chose.

/// A lower-case C identifier that resembles `name`; never empty, never a keyword.
pub(super) fn identifier(name: &str) -> String {
    let mut result = String::new();
    for c in name.chars().take(64) {
        match c {
            'a'..='z' | '0'..='9' => result.push(c),
            'A'..='Z' => result.push(c.to_ascii_lowercase()),
            _ if result.ends_with('_') || result.is_empty() => {}
            _ => result.push('_'),
        }
    }
    let result = result.trim_end_matches('_');
    let legal = result.starts_with(|c: char| c.is_ascii_alphabetic()) && !reserved(result);
    if legal { result.to_string() } else { format!("model_{result}") }.trim_end_matches('_').into()
}

/// Whether generated names `NAME_run` and the like could clash with C or the kernel library, or a
/// target `NAME` with those that `CMake` keeps for itself.
fn reserved(name: &str) -> bool {
    const C: [&str; 10] =
        ["smidgen", "step", "kernel", "int", "char", "float", "double", "short", "long", "void"];
    const CMAKE: [&str; 10] = [
        "all",
        "clean",
        "depend",
        "edit_cache",
        "help",
        "install",
        "package",
        "package_source",
        "rebuild_cache",
        "test",
    ];
    C.contains(&name) || CMAKE.contains(&name)
}

/// `text` as it may stand inside a C comment: one line of printable ASCII that ends no comment.
pub(super) fn comment(text: &str) -> String {
    let printable = |c: char| if c.is_ascii_graphic() || c == ' ' { c } else { '?' };
    let line: String = text.chars().take(200).map(printable).collect();
    line.replace("*/", "* /").replace("/*", "/ *").replace("??", "? ?")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expected: &str) {
        assert_eq!(identifier(name), expected);
    }

    #[test]
    fn identifiers_are_legal() {
        check("kws_ref_model", "kws_ref_model");
        check("mnist_0.983_Quantized", "mnist_0_983_quantized");
        check("2nd", "model_2nd");
        check("", "model");
        check("日本", "model");
        check("int", "model_int");
        check("test", "model_test");
        check("-a--b-", "a_b");
    }

    #[test]
    fn comments_do_not_end_early() {
        assert_eq!(comment("a*/b\n/*c"), "a* /b?/ *c");
        assert!(!comment("*/*/ */").contains("*/"));
    }
}
