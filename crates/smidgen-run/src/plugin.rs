//! The emulator plug-in's variants, built by `build.rs`, and which QEMU takes which.
//!
//! The command line and the map file are described in the crate `smidgen-qemu-plugin`.

/// Shared object for QEMU 7.0 to 8.2 (plug-in API 1). Empty where QEMU loads no plug-ins.
pub const V1: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/plugin_v1.so"));

/// Shared object for QEMU 9.1 and later (plug-in API 3). Empty where QEMU loads no plug-ins.
pub const V3: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/plugin_v3.so"));

/// Exit code of QEMU when the run reached the map file's instruction limit.
pub const LIMIT_EXIT_CODE: i32 = 124;

/// The shared object for a version of QEMU, `None` where neither loads: before 7.0, and 9.0, which
/// takes plug-in API 2 alone.
pub fn for_version(major: u32, minor: u32) -> Option<&'static [u8]> {
    let object = match (major, minor) {
        (7 | 8, _) => V1,
        (9, 0) | (0..7, _) => return None,
        _ => V3,
    };
    (!object.is_empty()).then_some(object)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_emulators_take_the_first_interface() {
        assert_eq!(for_version(7, 2), Some(V1));
        assert_eq!(for_version(8, 2), Some(V1));
    }

    #[test]
    fn new_emulators_take_the_third_interface() {
        assert_eq!(for_version(9, 1), Some(V3));
        assert_eq!(for_version(10, 0), Some(V3));
    }

    #[test]
    fn others_take_none() {
        assert_eq!(for_version(6, 2), None);
        assert_eq!(for_version(9, 0), None);
    }
}
