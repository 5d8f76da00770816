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
//! step 1a4 model_step_0   # entry address and name; steps are numbered in the order of these lines
//! step 2b8 model_step_1
//! end 9c                  # entry of the function that ends the inference: back to no step
//! ```
//!
//! (Comments behind an item are for this page only; in the file a comment has its own line.)
//!
//! `build`, `alignment` and `limit` are required, once each. Regions must not overlap; at most 16.
//! An access that touches no region, or a store to a region marked `ro`, is a violation. Bit 0 of
//! an address (the Thumb bit) is ignored. `end` may appear several times or not at all.
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
