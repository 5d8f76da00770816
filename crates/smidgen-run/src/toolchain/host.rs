//! The C compiler of this computer.

use smidgen_compiler::emit::Bundle;
use smidgen_target::{Board, Platform, ToolchainId};

use super::{BuildOptions, COMPILE_LIMIT, MODEL_FLAGS, Toolchain, Workspace, flags};
use crate::firmware::Mode;
use crate::{Error, process};

/// The largest arena on this computer, in bytes.
const ARENA_MOST: u64 = 1 << 30;

/// The C compiler of this computer, for programs that run on it.
pub(super) struct HostCc;

const HARNESS_FLAGS: &[&str] = &["-std=c99", "-O2"];

const SANITIZERS: &[&str] = &["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g1"];

impl Toolchain for HostCc {
    fn version(&self) -> Result<String, Error> {
        super::required_version(ToolchainId::Host)
    }

    fn link(
        &self,
        bundle: &Bundle,
        board: &Board,
        options: &BuildOptions,
    ) -> Result<Vec<u8>, Error> {
        if board.platform != Platform::Host {
            return Err(Error::Unsupported {
                board: board.name.clone(),
                option: "the host's compiler",
            });
        }
        let arena = (bundle.manifest.arena_bytes + bundle.manifest.state_bytes) as u64;
        if arena > ARENA_MOST {
            return Err(Error::DoesNotFit {
                board: board.name.clone(),
                memory: "memory for the arena".to_owned(),
                capacity: ARENA_MOST,
                excess: arena - ARENA_MOST,
                largest: vec![("arena".to_owned(), arena)],
            });
        }
        let program = ToolchainId::Host.program();
        let workspace = Workspace::new(program, bundle, options.mode)?;
        let sanitizers = if options.sanitizers { SANITIZERS } else { &[] };
        let core = &board.core.flags;
        let harness_flags = flags(&[HARNESS_FLAGS, sanitizers], core);
        let mut objects = ["harness/harness.c", "transport/stdio.c", "glue.c"]
            .into_iter()
            .map(|source| workspace.compile(source, &harness_flags))
            .collect::<Result<Vec<_>, _>>()?;
        let mut model_flags =
            flags(&[MODEL_FLAGS, &[options.optimisation.flag()], sanitizers], core);
        if options.mode == Mode::Steps {
            model_flags.push("-DSMIDGEN_TRACE".to_owned());
        }
        objects.extend(workspace.compile_model(bundle, &model_flags)?);
        let mut command = workspace.command();
        command.args(core).args(sanitizers).args(&objects).args(["-o", "program"]);
        let finished = process::run(program, &mut command, COMPILE_LIMIT)?;
        if finished.status.success() {
            workspace.read("program")
        } else {
            Err(workspace.refused("objects", finished))
        }
    }
}
