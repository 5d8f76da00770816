//! The C harness's files, which travel inside the program, and the glue that ties a model to it.

use std::fmt::Write as _;

use smidgen_compiler::emit::{Manifest, PortSpec, Region};
use smidgen_target::Device;

use crate::placement::Placed;

/// The least stack that the linker must leave, in bytes. The harness alone needs less than half.
const STACK_LEAST: u32 = 1024;

/// A file of the harness: path relative to the build folder, and content.
pub(crate) type File = (&'static str, &'static str);

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../../firmware/", $path)))),*]
    };
}

/// All files of the harness. Which of them are compiled depends on the toolchain.
pub(crate) const FILES: &[File] = files![
    "arch/arm.c",
    "arch/link.ld",
    "arch/memory.h",
    "arch/riscv.c",
    "arch/stack.h",
    "harness/harness.c",
    "harness/harness.h",
    "harness/runtime.c",
    "transport/semihosting.c",
    "transport/stdio.c",
    "transport/transport.h",
];

/// What one call of generated code reads and writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// A sample is the model's inputs and the contents of its states, and gives the model's outputs
    /// and the new contents. So each inference can be measured alone.
    Inference,
    /// A sample is the model's inputs and gives the model's outputs; the states, which are reset
    /// before the first sample, stay in the target's memory.
    Stream,
    /// A sample is the inputs of every step, one step after the other, and gives the outputs of
    /// every step. So each operator can be tested alone.
    Steps,
}

/// One call: what to read before and to write after.
#[derive(Debug, Clone)]
pub(crate) struct Call<'a> {
    pub(crate) inputs: Vec<&'a PortSpec>,
    pub(crate) outputs: Vec<&'a PortSpec>,
}

/// The calls that make up one sample.
pub(crate) fn calls(manifest: &Manifest, mode: Mode) -> Vec<Call<'_>> {
    match mode {
        Mode::Inference => vec![Call {
            inputs: manifest.inputs.iter().chain(&manifest.states).collect(),
            outputs: manifest.outputs.iter().chain(&manifest.states).collect(),
        }],
        Mode::Stream => vec![Call {
            inputs: manifest.inputs.iter().collect(),
            outputs: manifest.outputs.iter().collect(),
        }],
        Mode::Steps => manifest
            .steps
            .iter()
            .map(|step| Call {
                inputs: step.inputs.iter().collect(),
                outputs: step.outputs.iter().collect(),
            })
            .collect(),
    }
}

/// Bytes of the ports, one after the other.
pub(crate) fn total_bytes<'a>(ports: impl IntoIterator<Item = &'a PortSpec>) -> usize {
    ports.into_iter().map(|port| port.bytes).sum()
}

/// The C file that defines what `harness.h` declares, for the model called `name`.
pub(crate) fn glue(name: &str, manifest: &Manifest, mode: Mode) -> String {
    // The state, if there is any, lies behind the arena.
    let arena = manifest.arena_bytes.max(16);
    let calls = calls(manifest, mode);
    let mut ports = String::new();
    let mut table = String::new();
    let mut first = 0;
    for call in &calls {
        for port in call.inputs.iter().chain(&call.outputs) {
            let first = match port.region {
                Region::Arena => 0,
                Region::State => arena,
            };
            let _ = writeln!(ports, "    {{{}u, {}u}},", first + port.offset, port.bytes);
        }
        let outputs = first + call.inputs.len();
        let _ = writeln!(
            table,
            "    {{harness_ports + {first}, {}u, harness_ports + {outputs}, {}u}},",
            call.inputs.len(),
            call.outputs.len(),
        );
        first = outputs + call.outputs.len();
    }
    // C knows no empty arrays.
    if first == 0 {
        ports.push_str("    {0u, 0u},\n");
    }
    if calls.is_empty() {
        table.push_str("    {harness_ports, 0u, harness_ports, 0u},\n");
    }
    let stateful = manifest.state_bytes > 0;
    let state = if stateful { format!(", arena + {arena}") } else { String::new() };
    let (declaration, invocation) = match mode {
        Mode::Inference | Mode::Stream => (
            format!("void {name}_run(void *arena{});", if stateful { ", void *state" } else { "" }),
            format!("(void)call;\n  {name}_run(arena{state});"),
        ),
        Mode::Steps => (
            format!(
                "extern void (*const {name}_steps[])(uint8_t *arena{});",
                if stateful { ", uint8_t *state" } else { "" }
            ),
            format!("{name}_steps[call](arena{state});"),
        ),
    };
    let (declaration, reset) = if stateful {
        let reset = format!("{name}_reset(arena + {arena});");
        (format!("{declaration}\nvoid {name}_reset(void *state);"), reset)
    } else {
        (declaration, "(void)arena;".to_owned())
    };
    let memory = arena + manifest.state_bytes;
    let n_calls = calls.len();
    format!(
        "#include \"harness/harness.h\"\n\n\
         {declaration}\n\n\
         extern const harness_port harness_ports[];\n\
         const harness_port harness_ports[] = {{\n{ports}}};\n\
         const harness_call harness_calls[] = {{\n{table}}};\n\
         const uint32_t harness_n_calls = {n_calls}u;\n\
         uint8_t harness_arena[{memory}u] __attribute__((aligned(16)));\n\
         const uint32_t harness_arena_bytes = {arena}u;\n\n\
         void harness_begin(uint8_t *arena) {{\n  {reset}\n}}\n\
         void harness_invoke(uint32_t call, uint8_t *arena) {{\n  {invocation}\n}}\n"
    )
}

/// The linker script for a device, with `placed` in its RAM.
pub(crate) fn linker_script(device: &Device, placed: &Placed) -> String {
    let (_, template) = FILES
        .iter()
        .find(|(path, _)| *path == "arch/link.ld")
        .expect("the linker script is in the list above");
    template
        .replace("@CODE_BASE@", &format!("{:#x}", device.code.base))
        .replace("@CODE_SIZE@", &format!("{:#x}", device.code.size))
        .replace("@DATA_BASE@", &format!("{:#x}", device.data.base))
        .replace("@DATA_SIZE@", &format!("{:#x}", device.data.size))
        .replace("@STACK_LEAST@", &STACK_LEAST.to_string())
        .replace("@PLACED@\n", &placed.sections())
}

#[cfg(test)]
mod tests {
    use smidgen_target::{Platform, Registry};

    use super::*;

    #[test]
    fn linker_script_has_no_place_left_open() {
        for board in Registry::builtin().boards() {
            if let Platform::Device(device) = &board.platform {
                let script = linker_script(device, &Placed::default());
                assert!(!script.contains('@'), "{script}");
            }
        }
    }
}
