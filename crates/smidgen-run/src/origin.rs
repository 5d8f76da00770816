//! Which program a profile belongs to.

use object::{Object, ObjectSegment};
use sha2::{Digest, Sha256};
use smidgen_timing::profile::Profile;

use crate::Error;
use crate::cache::hex;

/// What tells `program` from every other one: the build ID that its linker left in it, in
/// hexadecimal digits, or else `sha256:` and the hash of the file.
pub fn build_id(program: &[u8]) -> Result<String, Error> {
    let file = object::File::parse(program)?;
    Ok(match file.build_id()? {
        Some(id) => hex(id),
        None => format!("sha256:{}", hex(&Sha256::digest(program))),
    })
}

/// Fails unless `profile` is that of a run of `program`: their build IDs are the same, and what
/// executed is in the program, byte by byte.
pub fn check_origin(profile: &Profile, program: &[u8]) -> Result<(), Error> {
    let expected = build_id(program)?;
    if profile.build != expected {
        return Err(Error::ForeignProfile { found: profile.build.clone(), expected });
    }
    let file = object::File::parse(program)?;
    let mut segments = Vec::new();
    for segment in file.segments() {
        segments.push((segment.address(), segment.data()?));
    }
    segments.sort_by_key(|segment| segment.0);
    for run in profile.executed_runs() {
        let address = u64::from(run.address);
        let before = segments.partition_point(|segment| segment.0 <= address);
        let code = before.checked_sub(1).and_then(|index| {
            let (base, data) = segments[index];
            data.get((address - base) as usize..)?.get(..run.code.len())
        });
        if code != Some(&run.code) {
            return Err(Error::ForeignCode { address });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonsense_has_no_build_id() {
        assert!(build_id(b"not a program").is_err());
    }

    #[test]
    fn a_program_without_a_note_is_told_by_its_hash() {
        // The smallest file with an ELF header: 32 bits, little-endian, no sections or segments.
        let mut header = vec![0; 52];
        header[..7].copy_from_slice(b"\x7fELF\x01\x01\x01");
        header[16..20].copy_from_slice(&[2, 0, 40, 0]);
        header[20] = 1;
        header[40] = 52;
        let id = build_id(&header).unwrap();
        assert_eq!(id, format!("sha256:{}", hex(&Sha256::digest(&header))));
    }
}
