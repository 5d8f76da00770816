//! Where the parts of each step are in an image.

use smidgen_compiler::emit::{Manifest, StepSpec};

use crate::Error;
use crate::image::{Extent, Layout, Place, StepEntry};

/// Finds each step's function, whatever suffix the compiler gave it, and the memory it works on. The
/// function must be there once, or the profiler could not tell the steps apart.
pub(crate) fn entries(manifest: &Manifest, layout: &Layout) -> Result<Vec<StepEntry>, Error> {
    let arena = layout.symbols.iter().find(|symbol| symbol.name == "harness_arena");
    let arena = arena.map_or(0, |symbol| symbol.address);
    let steps = manifest.steps.iter().map(|step| {
        let function = step.function.clone();
        match layout.entries(&function)[..] {
            [address] => Ok(StepEntry {
                function,
                address,
                constants: constants(step, layout),
                buffers: buffers(step, arena),
            }),
            ref all => {
                Err(Error::StepFunction { step: step.name.clone(), function, found: all.len() })
            }
        }
    });
    steps.collect()
}

/// Constant arrays of the step, those that the compiler folded away aside.
fn constants(step: &StepSpec, layout: &Layout) -> Vec<Extent> {
    let own = layout.symbols.iter().filter(|symbol| {
        symbol.place == Place::Constant
            && step.constants.iter().any(|name| name == symbol.source_name())
    });
    disjoint(own.map(|symbol| Extent { address: symbol.address, bytes: symbol.size }).collect())
}

/// Parts of the arena that the step reads or writes.
fn buffers(step: &StepSpec, arena: u64) -> Vec<Extent> {
    let ports = step.inputs.iter().chain(&step.outputs).map(|port| (port.offset, port.bytes));
    let scratch = step.scratch.iter().map(|scratch| (scratch.offset, scratch.bytes));
    let extent = |(offset, bytes): (usize, usize)| Extent {
        address: arena + offset as u64,
        bytes: bytes as u64,
    };
    disjoint(ports.chain(scratch).map(extent).collect())
}

/// The same bytes in order, each once.
fn disjoint(mut extents: Vec<Extent>) -> Vec<Extent> {
    extents.retain(|extent| extent.bytes > 0);
    extents.sort_by_key(|extent| extent.address);
    let mut merged: Vec<Extent> = Vec::with_capacity(extents.len());
    for extent in extents {
        match merged.last_mut() {
            Some(last) if extent.address <= last.end() => {
                last.bytes = last.end().max(extent.end()) - last.address;
            }
            _ => merged.push(extent),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(extents: &[(u64, u64)], expected: &[(u64, u64)]) {
        let list = |pairs: &[(u64, u64)]| -> Vec<_> {
            pairs.iter().map(|&(address, bytes)| Extent { address, bytes }).collect()
        };
        assert_eq!(disjoint(list(extents)), list(expected));
    }

    #[test]
    fn bytes_count_once() {
        check(&[(16, 8), (0, 8)], &[(0, 8), (16, 8)]);
        check(&[(0, 8), (4, 8)], &[(0, 12)]);
        check(&[(0, 8), (8, 4), (2, 2)], &[(0, 12)]);
        check(&[(0, 0)], &[]);
    }
}
