//! GCC for bare metal.

use object::{Object, ObjectSymbol, SymbolKind};
use smidgen_compiler::emit::Bundle;
use smidgen_target::{Board, Device, Memory, Platform, ToolchainId};

use super::{BuildOptions, COMPILE_LIMIT, MODEL_FLAGS, Toolchain, Workspace, flags};
use crate::firmware::{self, Mode};
use crate::placement::Placed;
use crate::{Error, process};

/// How many symbols a message blames.
const BLAMED: usize = 3;

/// GCC for one family of bare-metal cores.
pub(super) struct CrossGcc {
    id: ToolchainId,
    /// The harness's file for the architecture.
    arch: &'static str,
}

pub(super) const ARM_GCC: CrossGcc = CrossGcc { id: ToolchainId::ArmGcc, arch: "arch/arm.c" };
pub(super) const RISCV_GCC: CrossGcc = CrossGcc { id: ToolchainId::RiscvGcc, arch: "arch/riscv.c" };

/// Freestanding for the compiler's own `stdint.h`, but with built-in functions: without them every
/// small copy is a call.
const HOSTLESS: &[&str] = &["-ffreestanding", "-fbuiltin"];

const HARNESS_FLAGS: &[&str] = &["-std=c99", "-Os", "-ffunction-sections", "-fdata-sections"];

/// For the functions that the compiler replaces loops with.
const NO_SELF_CALL: &[&str] = &["-O2", "-fno-builtin", "-fno-tree-loop-distribute-patterns"];

impl Toolchain for CrossGcc {
    fn version(&self) -> Result<String, Error> {
        super::required_version(self.id)
    }

    fn link(
        &self,
        bundle: &Bundle,
        board: &Board,
        options: &BuildOptions,
    ) -> Result<Vec<u8>, Error> {
        let Platform::Device(device) = &board.platform else {
            return Err(Error::Unsupported {
                board: board.name.clone(),
                option: "a cross compiler",
            });
        };
        if options.sanitizers {
            return Err(Error::Unsupported { board: board.name.clone(), option: "sanitizers" });
        }
        check_arena(bundle, board, &device.data)?;
        let workspace = Workspace::new(self.id.program(), bundle, options.mode)?;
        let mut objects = self.compile_harness(&workspace, board)?;
        let mut model_flags =
            flags(&[MODEL_FLAGS, HOSTLESS, &[options.optimisation.flag()]], &board.core.flags);
        model_flags.extend(workspace.line_flags()?);
        if options.mode == Mode::Steps {
            model_flags.push("-DSMIDGEN_TRACE".to_owned());
        }
        objects.extend(workspace.compile_model(bundle, &model_flags)?);
        let placed = Placed::new(bundle, options)?;
        self.link_objects(&workspace, board, device, &objects, &placed)
    }
}

impl CrossGcc {
    fn compile_harness(&self, workspace: &Workspace, board: &Board) -> Result<Vec<String>, Error> {
        let core = &board.core.flags;
        let harness = flags(&[HARNESS_FLAGS, HOSTLESS], core);
        let runtime = flags(&[HARNESS_FLAGS, HOSTLESS, NO_SELF_CALL], core);
        [
            (self.arch, &harness),
            ("harness/harness.c", &harness),
            ("transport/semihosting.c", &harness),
            ("glue.c", &harness),
            ("harness/runtime.c", &runtime),
        ]
        .into_iter()
        .map(|(source, flags)| workspace.compile(source, flags))
        .collect()
    }

    fn link_objects(
        &self,
        workspace: &Workspace,
        board: &Board,
        device: &Device,
        objects: &[String],
        placed: &Placed,
    ) -> Result<Vec<u8>, Error> {
        workspace.write("link.ld", &firmware::linker_script(device, placed))?;
        let mut command = workspace.command();
        command
            .args(&board.core.flags)
            .args(["-nostdlib", "-static", "-Wl,--gc-sections", "-Wl,--build-id=sha1"])
            .args(["-T", "link.ld", "-o", "firmware.elf"])
            .args(objects)
            .arg("-lgcc");
        let finished = process::run(self.id.program(), &mut command, COMPILE_LIMIT)?;
        if finished.status.success() {
            return workspace.read("firmware.elf");
        }
        let (memory, excess, in_flash) = if let Some(excess) = overflow(&finished.console, "CODE") {
            (&device.code, excess, true)
        } else if let Some(excess) = overflow(&finished.console, "DATA") {
            (&device.data, excess, false)
        } else {
            return Err(workspace.refused("link.ld", finished));
        };
        let largest = largest_symbols(workspace, objects, |name, writable| {
            if in_flash { !writable } else { writable || placed.contains(name) }
        })?;
        Err(does_not_fit(board, memory, excess, largest))
    }
}

/// Refuses an arena that the data memory cannot hold, before a compiler chokes on it.
fn check_arena(bundle: &Bundle, board: &Board, data: &Memory) -> Result<(), Error> {
    let arena = (bundle.manifest.arena_bytes + bundle.manifest.state_bytes) as u64;
    let excess = arena.saturating_sub(u64::from(data.size));
    if excess == 0 {
        return Ok(());
    }
    Err(does_not_fit(board, data, excess, vec![("arena".to_owned(), arena)]))
}

fn does_not_fit(board: &Board, memory: &Memory, excess: u64, largest: Vec<(String, u64)>) -> Error {
    Error::DoesNotFit {
        board: board.name.clone(),
        memory: memory.name.clone(),
        capacity: u64::from(memory.size),
        excess,
        largest,
    }
}

/// Reads ``region `CODE' overflowed by 1234 bytes`` out of the linker's messages.
fn overflow(log: &str, region: &str) -> Option<u64> {
    let start = format!("region `{region}' overflowed by ");
    let (_, rest) = log.split_once(&start)?;
    rest.split_once(' ')?.0.parse().ok()
}

/// The largest symbols of the objects that `wanted` takes by name and whether they are variables.
fn largest_symbols(
    workspace: &Workspace,
    objects: &[String],
    wanted: impl Fn(&str, bool) -> bool,
) -> Result<Vec<(String, u64)>, Error> {
    let mut all = Vec::new();
    for path in objects {
        let bytes = workspace.read(path)?;
        let file = object::File::parse(&*bytes)?;
        for symbol in file.symbols() {
            if !matches!(symbol.kind(), SymbolKind::Text | SymbolKind::Data) {
                continue;
            }
            let section = symbol.section_index().and_then(|i| file.section_by_index(i).ok());
            let writable = section.is_some_and(|section| {
                let name = object::ObjectSection::name(&section).unwrap_or_default();
                [".data", ".bss", ".sdata", ".sbss"].iter().any(|start| name.starts_with(start))
            });
            let name = symbol.name()?;
            if wanted(name, writable) {
                let name = if name == "harness_arena" { "arena" } else { name };
                all.push((name.to_owned(), symbol.size()));
            }
        }
    }
    all.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
    all.truncate(BLAMED);
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use object::ObjectSection;
    use smidgen_compiler::emit::{BundleFile, Manifest};
    use smidgen_target::Registry;

    /// A file with what debug information is about: inlined functions, loops, local variables.
    const SOURCE: &str = "#include <stdint.h>
        static inline int32_t scaled(int32_t x, int32_t by) {
            const int64_t product = (int64_t)x * by;
            return (int32_t)(product >> 31);
        }
        void model_run(int32_t *data);
        void model_run(int32_t *data) {
            for (int32_t i = 0; i < 64; i++) {
                int32_t sum = 0;
                for (int32_t k = 0; k <= i; k++) sum += scaled(data[k], 12345678 + i);
                data[i] = scaled(sum, 87654321);
            }
        }\n";

    /// Bytes of all sections with code or constants.
    fn contents(workspace: &Workspace, flags: &[String]) -> Vec<(String, Vec<u8>)> {
        let object = workspace.compile("model/model.c", flags).unwrap();
        let bytes = workspace.read(&object).unwrap();
        let file = object::File::parse(&*bytes).unwrap();
        let loaded = file.sections().filter(|section| {
            let name = section.name().unwrap();
            [".text", ".rodata", ".data"].iter().any(|start| name.starts_with(start))
        });
        loaded
            .map(|section| (section.name().unwrap().to_owned(), section.data().unwrap().to_vec()))
            .collect()
    }

    #[test]
    fn line_tables_change_no_code() {
        let files = vec![BundleFile { path: "model.c".to_owned(), text: SOURCE.to_owned() }];
        let (inputs, outputs, steps, constants) = (vec![], vec![], vec![], vec![]);
        let manifest = Manifest {
            arena_bytes: 256,
            state_bytes: 0,
            states: vec![],
            inputs,
            outputs,
            steps,
            constants,
        };
        let bundle = Bundle { name: "model".to_owned(), files, manifest };
        for name in ["qemu-m0plus", "qemu-m4", "qemu-m55", "qemu-rv32imc", "qemu-rv32imafc"] {
            let registry = Registry::builtin();
            let core = &registry.board(name).unwrap().core;
            let program = core.toolchain.unwrap().program();
            let workspace = Workspace::new(program, &bundle, Mode::Inference).unwrap();
            let plain = flags(&[MODEL_FLAGS, HOSTLESS, &["-O2"]], &core.flags);
            let with_lines = [&plain[..], &workspace.line_flags().unwrap()].concat();
            let contents = [plain, with_lines].map(|flags| contents(&workspace, &flags));
            assert!(contents[0].iter().any(|(section, _)| section == ".text.model_run"));
            assert_eq!(contents[0], contents[1], "{name}");
        }
    }

    #[test]
    fn reads_the_linker() {
        let log = "ld: firmware.elf section `.bss' will not fit in region `DATA'\n\
                   ld: region `DATA' overflowed by 3145744 bytes\ncollect2: error";
        assert_eq!(overflow(log, "DATA"), Some(3_145_744));
        assert_eq!(overflow(log, "CODE"), None);
    }
}
