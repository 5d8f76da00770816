//! Hand-written declarations of the part of QEMU's plug-in interface that the plug-in uses.
//!
//! QEMU exports these symbols to the objects it loads. API 1 passes plain pointers to inline
//! operations; API 3 passes an entry of a scoreboard (one element per virtual processor).

use std::ffi::{c_char, c_int, c_uint, c_void};

/// QEMU's handle of a loaded plug-in.
pub(crate) type PluginId = u64;

/// A translation block; lives as long as the translation callback.
#[repr(C)]
pub(crate) struct Block {
    _opaque: [u8; 0],
}

/// An instruction of a translation block; lives as long as the translation callback.
#[repr(C)]
pub(crate) struct Instruction {
    _opaque: [u8; 0],
}

/// What QEMU says about itself when it loads a plug-in.
#[repr(C)]
pub(crate) struct Info {
    pub(crate) target_name: *const c_char,
    pub(crate) minimum_api: c_int,
    pub(crate) current_api: c_int,
    pub(crate) system_emulation: bool,
    pub(crate) processors: c_int,
    pub(crate) most_processors: c_int,
}

/// The callback touches no guest register.
pub(crate) const NO_REGISTERS: c_uint = 0;
/// Inline operation: add the immediate.
pub(crate) const ADD: c_uint = 0;
/// Memory callback on every access.
pub(crate) const LOADS_AND_STORES: c_uint = 3;

/// Called when the code it was registered for executes.
pub(crate) type ExecuteCallback = unsafe extern "C" fn(c_uint, *mut c_void);
/// Called after a memory access: processor, access information, virtual address, user data.
pub(crate) type MemoryCallback = unsafe extern "C" fn(c_uint, u32, u64, *mut c_void);

unsafe extern "C" {
    pub(crate) fn qemu_plugin_register_vcpu_tb_trans_cb(
        id: PluginId,
        callback: unsafe extern "C" fn(PluginId, *mut Block),
    );
    pub(crate) fn qemu_plugin_register_atexit_cb(
        id: PluginId,
        callback: unsafe extern "C" fn(PluginId, *mut c_void),
        data: *mut c_void,
    );
    pub(crate) fn qemu_plugin_register_vcpu_insn_exec_cb(
        instruction: *mut Instruction,
        callback: ExecuteCallback,
        flags: c_uint,
        data: *mut c_void,
    );
    pub(crate) fn qemu_plugin_register_vcpu_mem_cb(
        instruction: *mut Instruction,
        callback: MemoryCallback,
        flags: c_uint,
        access: c_uint,
        data: *mut c_void,
    );
    pub(crate) fn qemu_plugin_mem_size_shift(info: u32) -> c_uint;
    pub(crate) fn qemu_plugin_mem_is_store(info: u32) -> bool;
    pub(crate) fn qemu_plugin_tb_n_insns(block: *const Block) -> usize;
    pub(crate) fn qemu_plugin_tb_get_insn(block: *const Block, index: usize) -> *mut Instruction;
    pub(crate) fn qemu_plugin_insn_size(instruction: *const Instruction) -> usize;
    pub(crate) fn qemu_plugin_insn_vaddr(instruction: *const Instruction) -> u64;
    /// The C library's immediate exit, without exit handlers.
    pub(crate) fn _exit(code: c_int) -> !;
}

/// Operation of `prctl`: the signal to receive when the parent ends.
#[cfg(target_os = "linux")]
pub(crate) const PR_SET_PDEATHSIG: c_int = 1;
/// The signal that ends a process at once.
#[cfg(target_os = "linux")]
pub(crate) const SIGKILL: std::ffi::c_ulong = 9;

#[cfg(target_os = "linux")]
unsafe extern "C" {
    /// The C library's access to properties of the process.
    pub(crate) fn prctl(operation: c_int, ...) -> c_int;
}

#[cfg(qemu_plugin_v1)]
unsafe extern "C" {
    pub(crate) fn qemu_plugin_insn_data(instruction: *const Instruction) -> *const c_void;
    pub(crate) fn qemu_plugin_register_vcpu_tb_exec_cb(
        block: *mut Block,
        callback: ExecuteCallback,
        flags: c_uint,
        data: *mut c_void,
    );
    pub(crate) fn qemu_plugin_register_vcpu_insn_exec_inline(
        instruction: *mut Instruction,
        operation: c_uint,
        cell: *mut c_void,
        immediate: u64,
    );
}

#[cfg(not(qemu_plugin_v1))]
pub(crate) use scoreboard::*;

#[cfg(not(qemu_plugin_v1))]
mod scoreboard {
    use super::{Block, ExecuteCallback, Instruction};
    use std::ffi::{c_uint, c_void};

    /// Memory with one element per virtual processor.
    #[repr(C)]
    pub(crate) struct Scoreboard {
        _opaque: [u8; 0],
    }

    /// A 64-bit member of a scoreboard's element.
    #[repr(C)]
    #[derive(Clone, Copy)]
    pub(crate) struct Entry {
        pub(crate) score: *mut Scoreboard,
        /// Offset in the element, in bytes.
        pub(crate) offset: usize,
    }

    /// Inline operation: store the immediate.
    pub(crate) const STORE: c_uint = 1;
    /// Condition: the entry equals the immediate.
    pub(crate) const EQUAL: c_uint = 2;
    /// Condition: the entry is greater than the immediate, unsigned.
    pub(crate) const GREATER: c_uint = 6;

    unsafe extern "C" {
        pub(crate) fn qemu_plugin_insn_data(
            instruction: *const Instruction,
            destination: *mut c_void,
            length: usize,
        ) -> usize;
        pub(crate) fn qemu_plugin_register_vcpu_tb_exec_cond_cb(
            block: *mut Block,
            callback: ExecuteCallback,
            flags: c_uint,
            condition: c_uint,
            entry: Entry,
            immediate: u64,
            data: *mut c_void,
        );
        pub(crate) fn qemu_plugin_register_vcpu_tb_exec_inline_per_vcpu(
            block: *mut Block,
            operation: c_uint,
            entry: Entry,
            immediate: u64,
        );
        pub(crate) fn qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(
            instruction: *mut Instruction,
            operation: c_uint,
            entry: Entry,
            immediate: u64,
        );
        pub(crate) fn qemu_plugin_scoreboard_new(element_bytes: usize) -> *mut Scoreboard;
        pub(crate) fn qemu_plugin_scoreboard_find(
            score: *mut Scoreboard,
            processor: c_uint,
        ) -> *mut c_void;
    }
}
