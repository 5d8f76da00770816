//! QEMU TCG plug-in that counts what firmware executes, and nothing else.
//!
//! # Variants
//!
//! One source, two shared objects, because no API version loads everywhere:
//!
//! | variant | built with | loads in QEMU |
//! |---|---|---|
//! | `v1` | `--cfg qemu_plugin_v1` | 6.0 to 8.2 |
//! | `v3` | no flag | 9.1 and later |
//!
//! QEMU 9.0 accepts API version 2 only and is served by neither. A plain compiler call builds
//! either; `qemu_plugin_*` symbols are found in the QEMU process when the object is loaded:
//!
//! ```text
//! rustc --crate-type cdylib --edition 2024 -O -C panic=abort [--cfg qemu_plugin_v1] src/lib.rs
//! ```
//!
//! # Command line
//!
//! ```text
//! qemu-system-arm … -plugin PLUGIN.so,map=MAP_FILE,out=PROFILE_FILE
//! ```
//!
//! Both arguments are required. A comma inside a path is written twice, as in every QEMU option.
//! The plug-in refuses to start (QEMU exits with code 1 and a message) on a bad map file.
//!
//! # Map file
//!
//! Written by the host from the linked image. UTF-8 text, one item per line, fields separated by
//! single spaces, `#` starts a comment line. Addresses and sizes are hexadecimal without prefix,
//! counts decimal. The first line is the header, then items in any order:
//!
//! ```text
//! smidgen-map 1
//! build 3f9c0a55          # any text without spaces, echoed in the profile
//! alignment strict        # or `relaxed`: whether a misaligned access is a violation
//! limit 2000000000        # instructions after which the run is stopped, 0 for no limit
//! region flash 0 400000 ro
//! region ram 20000000 400000 rw
//! region system e0000000 100000 rw
//! protect 20000040 8000   # not at all or once: steps may not store to this range
//! step 1a4 model_step_0   # entry address and name; steps are numbered in the order of these lines
//! step 2b8 model_step_1
//! end 9c                  # entry of the function that ends the inference: back to no step
//! ```
//!
//! (Comments behind an item are for this page only; in the file a comment has its own line.)
//!
//! `build`, `alignment` and `limit` are required, once each. Regions must not overlap; at most 16.
//! An access that touches no region is a violation, and so is a store to a region marked `ro` or, by
//! a step, to the protected range: constants and code that start-up code copied to RAM. Bit 0 of an
//! address (the Thumb bit) is ignored. `end` may appear several times or not at all.
//!
//! When the instruction at the address of a `step` executes, everything from it on belongs to
//! that step, until the instruction at another `step` or `end` address executes. Before the first
//! and after an `end`, counts belong to no step (`none`).
//!
//! # Profile file
//!
//! See `docs/profile.md`. It is written to a temporary file beside `out` and renamed when QEMU
//! exits, with `status exited`, or when the instruction limit is reached, with `status limit`; in
//! the second case the process then ends with exit code 124.

mod access;
mod counter;
mod decode;
mod ffi;
mod flow;
mod ledger;
mod map;
mod profile;
mod recorder;

use decode::Encoding;
use map::Map;
use profile::{Emulator, Status};
use recorder::Recorder;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The API version that this variant declares.
#[cfg(qemu_plugin_v1)]
const API: c_int = 1;
/// The API version that this variant declares.
#[cfg(not(qemu_plugin_v1))]
const API: c_int = 3;

/// Exit code of a process that reached the instruction limit.
const LIMIT_EXIT_CODE: c_int = 124;

/// Read by QEMU before it installs the plug-in.
// SAFETY: QEMU prescribes the name; no other object in the process defines it.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals, reason = "prescribed by QEMU")]
pub static qemu_plugin_version: c_int = API;

/// The one instance of the plug-in; set when it is installed.
static SESSION: Mutex<Option<Session>> = Mutex::new(None);

struct Session {
    recorder: Recorder,
    emulator: Emulator,
    out: PathBuf,
}

// SAFETY: the pointers inside refer to counters that live as long as the process and that only the
// one virtual processor writes. QEMU calls the plug-in from that processor's thread, and from the
// main thread before the processor starts and after it has stopped.
unsafe impl Send for Session {}

fn session() -> MutexGuard<'static, Option<Session>> {
    SESSION.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs `action` on the recorder of the installed plug-in.
fn with_recorder(action: impl FnOnce(&mut Recorder)) {
    if let Some(session) = session().as_mut() {
        action(&mut session.recorder);
    }
}

/// Writes the profile of the run so far. Problems go to standard error: QEMU's exit cannot fail.
fn finish(status: Status) {
    let mut session = session();
    let Some(Session { recorder, emulator, out }) = session.as_mut() else { return };
    recorder.settle();
    if let Err(error) = profile::write(out, recorder, emulator, status) {
        eprintln!("smidgen plug-in: cannot write `{}`: {error}", out.display());
    }
}

/// Writes the profile and ends the process at once.
fn stop_at_limit() -> ! {
    finish(Status::Limit);
    // SAFETY: ends the process; the profile is complete on disk.
    unsafe { ffi::_exit(LIMIT_EXIT_CODE) }
}

/// Has the system end QEMU when the process that started it ends, however that happens: nobody would
/// read the profile, and firmware may run for hours. Linux alone offers this.
fn end_with_parent() {
    // SAFETY: changes nothing but the process's signal for this event.
    #[cfg(target_os = "linux")]
    unsafe {
        ffi::prctl(ffi::PR_SET_PDEATHSIG, ffi::SIGKILL);
    }
}

unsafe extern "C" fn block_translated(_id: ffi::PluginId, block: *mut ffi::Block) {
    // SAFETY: QEMU passes the block that is being translated.
    with_recorder(|recorder| unsafe { recorder.instrument(block) });
}

unsafe extern "C" fn exiting(_id: ffi::PluginId, _data: *mut c_void) {
    finish(Status::Exited);
}

/// Called by QEMU once it has loaded the object. Gives 0, or 1 when the arguments are no good.
///
/// # Safety
/// Only QEMU may call it: `info` and the `count` strings at `arguments` must be valid.
// SAFETY: QEMU prescribes the name; no other object in the process defines it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qemu_plugin_install(
    id: u64,
    info: *const c_void,
    count: c_int,
    arguments: *const *const c_char,
) -> c_int {
    // SAFETY: QEMU passes its description and `count` strings.
    let prepared = unsafe {
        let info = &*info.cast::<ffi::Info>();
        let arguments = (0..usize::try_from(count).unwrap_or(0))
            .map(|index| CStr::from_ptr(*arguments.add(index)).to_str())
            .collect::<Result<Vec<&str>, _>>();
        arguments.map_err(|error| error.to_string()).and_then(|list| prepare(info, &list))
    };
    match prepared {
        Ok(prepared) => *session() = Some(prepared),
        Err(problem) => {
            eprintln!("smidgen plug-in: {problem}");
            return 1;
        }
    }
    end_with_parent();
    // SAFETY: `id` is the plug-in's own; the callbacks have the types that QEMU expects.
    unsafe {
        ffi::qemu_plugin_register_vcpu_tb_trans_cb(id, block_translated);
        ffi::qemu_plugin_register_atexit_cb(id, exiting, std::ptr::null_mut());
    }
    0
}

fn prepare(info: &ffi::Info, arguments: &[&str]) -> Result<Session, String> {
    let (mut map, mut out) = (None, None);
    for argument in arguments {
        match argument.split_once('=') {
            Some(("map", path)) => map = Some(Path::new(path)),
            Some(("out", path)) => out = Some(PathBuf::from(path)),
            _ => return Err(format!("unknown argument `{argument}`")),
        }
    }
    let map = map.ok_or("argument `map` is missing")?;
    let out = out.ok_or("argument `out` is missing")?;
    // SAFETY: QEMU's description holds a string.
    let target = unsafe { CStr::from_ptr(info.target_name) }.to_string_lossy().into_owned();
    let encoding = Encoding::of_target(&target).ok_or(format!("unknown target `{target}`"))?;
    if !info.system_emulation || info.processors != 1 {
        return Err("only system emulation with one processor can be counted".to_owned());
    }
    let problem = |error: &dyn std::fmt::Display| format!("map `{}`: {error}", map.display());
    let text = std::fs::read_to_string(map).map_err(|error| problem(&error))?;
    let map = Map::parse(&text).map_err(|error| problem(&error))?;
    let emulator = Emulator { target, api: info.current_api };
    Ok(Session { recorder: Recorder::new(map, encoding), emulator, out })
}
