//! What turns a bundle into a package that people can build: an example and a `CMakeLists.txt`.

use super::{Bundle, BundleFile, PortSpec};
use std::fmt::Write;

/// Files that a standalone package has beside the bundle's own.
pub fn package_files(bundle: &Bundle) -> Vec<BundleFile> {
    vec![
        BundleFile { path: "CMakeLists.txt".into(), text: cmake(&bundle.name) },
        BundleFile { path: "example/main.c".into(), text: example(bundle) },
    ]
}

fn cmake(name: &str) -> String {
    format!(
        "cmake_minimum_required(VERSION 3.13)
project({name} C)

# The model as a library; firmware links it and includes model.h.
add_library({name} STATIC model.c)
target_include_directories({name} PUBLIC ${{CMAKE_CURRENT_SOURCE_DIR}})
set_target_properties({name} PROPERTIES C_STANDARD 99 C_EXTENSIONS OFF)
target_compile_options({name} PRIVATE -O2 -ffp-contract=off -ffunction-sections -fdata-sections)

# An example for the host: cmake -B build && cmake --build build && build/{name}_example
if(NOT CMAKE_CROSSCOMPILING)
  add_executable({name}_example example/main.c)
  target_link_libraries({name}_example {name})
endif()
"
    )
}

fn example(bundle: &Bundle) -> String {
    let Bundle { name, manifest, .. } = bundle;
    let mut text = String::new();
    let mut line = |s: &str| writeln!(text, "{s}").expect("writing to a string cannot fail");
    line(&format!("/* Runs {name} once and prints its outputs. */"));
    line("#include <stdio.h>\n\n#include \"model.h\"\n");
    let stateful = manifest.state_bytes > 0;
    line(&format!("static {name}_arena arena;"));
    if stateful {
        line(&format!("static {name}_state state;"));
    }
    line("");
    line("int main(void) {");
    if stateful {
        line(&format!("    {name}_reset(&state); /* once, before a sequence of runs */"));
    }
    for (index, port) in manifest.inputs.iter().enumerate() {
        let (ty, elements) = (port.element.dtype().c_type(), elements(port));
        line(&format!("    {ty} *input{index} = {name}_input{index}(&arena);"));
        line(&format!("    for (size_t i = 0; i < {elements}; i++) {{"));
        line(&format!("        input{index}[i] = 0; /* your data */"));
        line("    }");
    }
    line(&format!("    {name}_run(&arena{});", if stateful { ", &state" } else { "" }));
    for (index, port) in manifest.outputs.iter().enumerate() {
        line(&format!("    for (size_t i = 0; i < {}; i++) {{", elements(port)));
        line(&format!("        {}", print(name, index, port)));
        line("    }");
    }
    line("    return 0;\n}");
    text
}

fn print(name: &str, index: usize, port: &PortSpec) -> String {
    let value = format!("{name}_output{index}(&arena)[i]");
    match port.element.dtype() {
        crate::tensor::DType::F32 => format!("printf(\"%g\\n\", (double){value});"),
        crate::tensor::DType::I64 => format!("printf(\"%lld\\n\", (long long){value});"),
        _ => format!("printf(\"%ld\\n\", (long){value});"),
    }
}

fn elements(port: &PortSpec) -> usize {
    port.shape.iter().product()
}
