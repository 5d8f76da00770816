//! Which line of generated C an instruction comes from.

use std::path::{Component, Path};

use addr2line::Context;
use addr2line::gimli::{self, EndianSlice, LittleEndian, SectionId};
use object::{Object, ObjectSection};

use crate::Error;
use crate::toolchain::PACKAGE;

/// The line table of a program.
pub struct Lines<'a> {
    context: Context<EndianSlice<'a, LittleEndian>>,
}

/// A place in the generated C.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The function, inlined or not, by its name in the source.
    pub function: String,
    /// The file's path in the package, such as `model.c`.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
}

impl<'a> Lines<'a> {
    /// Reads the line table of a program file.
    pub fn read(program: &'a [u8]) -> Result<Self, Error> {
        let file = object::File::parse(program)?;
        let dwarf = gimli::Dwarf::load(|id: SectionId| -> Result<_, Error> {
            let data = match file.section_by_name(id.name()) {
                Some(section) => section.data()?,
                None => &[],
            };
            Ok(EndianSlice::new(data, LittleEndian))
        })?;
        Ok(Self { context: Context::from_dwarf(dwarf)? })
    }

    /// The instruction's line, then the line that its function was inlined into, and so on out to
    /// the function that the linker knows. Empty for code that is not generated: the harness, the
    /// compiler's support library.
    pub fn at(&self, address: u64) -> Result<Vec<Frame>, Error> {
        let mut found = Vec::new();
        let mut frames = self.context.find_frames(address).skip_all_loads()?;
        while let Some(frame) = frames.next()? {
            let place = frame
                .location
                .and_then(|location| Some((in_package(location.file?)?, location.line?)));
            let Some((file, line)) = place else { continue };
            let function = match frame.function {
                Some(function) => function.raw_name()?.into_owned(),
                None => "?".to_owned(),
            };
            found.push(Frame { function, file, line });
        }
        Ok(found)
    }
}

/// The path relative to the package, which was compiled in the folder [`PACKAGE`].
fn in_package(path: &str) -> Option<String> {
    let inside = Path::new(path).strip_prefix(".").unwrap_or(Path::new(path));
    let names = inside.strip_prefix(PACKAGE).ok()?.components().map(|name| match name {
        Component::Normal(name) => name.to_str(),
        _ => None,
    });
    Some(names.collect::<Option<Vec<_>>>()?.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, expected: Option<&str>) {
        assert_eq!(in_package(path).as_deref(), expected);
    }

    #[test]
    fn paths_are_relative_to_the_package() {
        check("./model/model.c", Some("model.c"));
        check("model/./smidgen_common.h", Some("smidgen_common.h"));
        check("model/a/b.h", Some("a/b.h"));
        check("./glue.c", None);
        check("/build/libgcc/model/lib.c", None);
    }

    #[test]
    fn nonsense_is_an_error() {
        assert!(Lines::read(b"not a program").is_err());
    }
}
