//! A linked program: its bytes, symbols and sizes.

use object::{Object, ObjectSection, ObjectSymbol, SectionKind, SymbolKind};
use smidgen_target::{Board, Platform};

use crate::placement::{CODE_SECTION, WEIGHTS_SECTION};
use crate::{Error, Footprint, Mode};

/// A linked program for one board.
#[derive(Debug, Clone)]
pub struct Image {
    /// The board that it was linked for.
    pub board: Board,
    /// What one call of generated code is.
    pub mode: Mode,
    /// The program file.
    pub program: Vec<u8>,
    /// What the file says about itself; empty for the host.
    pub layout: Layout,
    /// The steps' functions in execution order; empty for the host.
    pub steps: Vec<StepEntry>,
    /// What the model adds to an empty program; `None` for the host and in [`Mode::Steps`].
    pub footprint: Option<Footprint>,
    /// Bytes of input that one sample has.
    pub input_bytes: usize,
    /// Bytes of output that one sample gives.
    pub output_bytes: usize,
}

/// Where a step's code begins and which memory it works on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepEntry {
    /// C symbol, as in the manifest.
    pub function: String,
    /// Address, without the Thumb bit.
    pub address: u64,
    /// Weights and tables that it reads, in order; no two overlap.
    pub constants: Vec<Extent>,
    /// Parts of the arena that hold its inputs, outputs and scratch memory, in order; no two overlap.
    pub buffers: Vec<Extent>,
}

/// A range of addresses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Extent {
    /// The first address.
    pub address: u64,
    /// Size in bytes.
    pub bytes: u64,
}

impl Extent {
    /// The address after the last byte.
    pub fn end(&self) -> u64 {
        self.address.saturating_add(self.bytes)
    }
}

/// Symbols and sections of a program for a device.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    /// Functions and variables, sorted by address.
    pub symbols: Vec<Symbol>,
    /// Bytes of code, vectors included.
    pub text: u64,
    /// Bytes of constants.
    pub constants: u64,
    /// Code and constants that are in RAM; they are counted above as well, for their image in flash.
    pub placed: Extent,
    /// Bytes of variables with initial values, which occupy flash as well.
    pub initialised: u64,
    /// Bytes of variables that begin as zeros, the arena among them. The stack is not.
    pub zeroed: u64,
}

/// A function or a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    /// Name in the program, which may have a suffix that the compiler gave.
    pub name: String,
    /// Address, without the Thumb bit.
    pub address: u64,
    /// Size in bytes.
    pub size: u64,
    /// Where it is.
    pub place: Place,
}

/// Where a symbol is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// Among the instructions.
    Text,
    /// Among the constants.
    Constant,
    /// Among the variables with initial values.
    Initialised,
    /// Among the variables that begin as zeros.
    Zeroed,
}

impl Symbol {
    /// The name in the source, without suffixes such as `.constprop.0` or the number of a local
    /// variable: C identifiers have no dots.
    pub fn source_name(&self) -> &str {
        self.name.split('.').next().unwrap_or(&self.name)
    }

    /// Whether this is a whole function or a variant of one, not a part that was split off.
    fn is_entry(&self) -> bool {
        let mut suffixes = self.name.split('.').skip(1);
        self.place == Place::Text && !suffixes.any(|part| part == "part" || part == "cold")
    }
}

/// Most symbols that begin inside another one.
const MOST_INSIDE: usize = 64;

impl Layout {
    /// Reads the program file of a device.
    pub fn read(program: &[u8]) -> Result<Self, Error> {
        let file = object::File::parse(program)?;
        let mut layout = Self::default();
        for section in file.sections() {
            let name = section.name()?;
            let bytes = match name {
                ".start" | ".text" | CODE_SECTION => &mut layout.text,
                ".rodata" | ".note.gnu.build-id" | WEIGHTS_SECTION => &mut layout.constants,
                ".data" => &mut layout.initialised,
                ".bss" => &mut layout.zeroed,
                _ => continue,
            };
            *bytes = bytes.saturating_add(section.size());
            if name == CODE_SECTION || name == WEIGHTS_SECTION {
                layout.place(Extent { address: section.address(), bytes: section.size() });
            }
        }
        for symbol in file.symbols() {
            let Some(section) = symbol.section_index() else { continue };
            let place = match file.section_by_index(section)?.kind() {
                SectionKind::Text => Place::Text,
                SectionKind::ReadOnlyData => Place::Constant,
                SectionKind::Data => Place::Initialised,
                SectionKind::UninitializedData => Place::Zeroed,
                _ => continue,
            };
            if matches!(symbol.kind(), SymbolKind::Text | SymbolKind::Data) && symbol.size() > 0 {
                let name = symbol.name()?.to_owned();
                let thumb = u64::from(
                    file.architecture() == object::Architecture::Arm
                        && symbol.kind() == SymbolKind::Text,
                );
                let address = symbol.address() & !thumb;
                layout.symbols.push(Symbol { name, address, size: symbol.size(), place });
            }
        }
        layout.symbols.sort_by(|a, b| (a.address, &a.name).cmp(&(b.address, &b.name)));
        Ok(layout)
    }

    /// Adds a section that lies in RAM right behind those before.
    fn place(&mut self, section: Extent) {
        if self.placed.bytes == 0 {
            self.placed = section;
        } else {
            self.placed.bytes = section.end().saturating_sub(self.placed.address);
        }
    }

    /// The function or variable at `address`, if it begins with the last few in front of it: those
    /// that begin inside another one are other names of parts of it.
    pub fn resolve(&self, address: u64) -> Option<&Symbol> {
        let after = self.symbols.partition_point(|symbol| symbol.address <= address);
        let mut near = self.symbols[..after].iter().rev().take(MOST_INSIDE);
        near.find(|symbol| address - symbol.address < symbol.size)
    }

    /// The source name of the function at `address`, or `?`.
    pub fn function_at(&self, address: u64) -> &str {
        self.resolve(address).map_or("?", Symbol::source_name)
    }

    /// Addresses where the function `name` or a variant of it begins.
    pub fn entries(&self, name: &str) -> Vec<u64> {
        self.symbols
            .iter()
            .filter(|symbol| symbol.source_name() == name && symbol.is_entry())
            .map(|symbol| symbol.address)
            .collect()
    }

    /// Bytes of flash that the program occupies.
    pub fn flash(&self) -> u64 {
        self.text + self.constants + self.initialised
    }

    /// Bytes of RAM that variables, and code and constants in RAM, occupy.
    pub fn variables(&self) -> u64 {
        self.initialised + self.zeroed + self.placed.bytes
    }
}

impl Image {
    /// Whether the program runs on this computer as it is.
    pub fn is_host(&self) -> bool {
        self.board.platform == Platform::Host
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout() -> Layout {
        let symbol = |name: &str, address, size| Symbol {
            name: name.to_owned(),
            address,
            size,
            place: Place::Text,
        };
        Layout {
            symbols: vec![
                symbol("f.part.0", 0x10, 8),
                symbol("f.constprop.0", 0x20, 8),
                symbol("f.constprop.0.cold", 0x30, 4),
                symbol("fg", 0x40, 4),
            ],
            ..Layout::default()
        }
    }

    #[test]
    fn entries_are_variants_but_not_parts() {
        assert_eq!(layout().entries("f"), [0x20]);
        assert_eq!(layout().entries("g"), [0_u64; 0]);
    }

    #[test]
    fn addresses_resolve_to_source_names() {
        assert_eq!(layout().function_at(0x17), "f");
        assert_eq!(layout().function_at(0x18), "?");
        assert_eq!(layout().function_at(0x32), "f");
        assert_eq!(layout().function_at(0x43), "fg");
        assert_eq!(layout().function_at(0), "?");
    }

    #[test]
    fn nonsense_is_an_error() {
        assert!(Layout::read(b"not a program").is_err());
    }
}
