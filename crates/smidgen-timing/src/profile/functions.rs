//! Instructions per function of the image.

use super::{Counts, Profile};

/// A function of the image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    /// First address, without the Thumb bit.
    pub address: u32,
    /// Size in bytes; 0 reaches to the next symbol.
    pub bytes: u32,
    /// Name.
    pub name: String,
}

/// Instructions executed, by function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionInstructions {
    /// One count per symbol, in the order of the symbols.
    pub functions: Vec<u64>,
    /// Executed in no function.
    pub elsewhere: u64,
}

impl Profile {
    /// Instructions that `counts` of this profile spent in each of `symbols`, which must be sorted
    /// by address. Of symbols with the same address, the last one gets the instructions. Counts of
    /// another profile are ignored where their runs do not exist here.
    pub fn by_function(&self, counts: &Counts, symbols: &[Symbol]) -> FunctionInstructions {
        let mut functions = vec![0; symbols.len()];
        let mut elsewhere = 0;
        for &(index, executions) in &counts.executions {
            let Some(run) = self.runs.get(index) else { continue };
            for instruction in self.encoding.instructions(run.address, &run.code) {
                match holding(symbols, instruction.address) {
                    Some(symbol) => functions[symbol] += executions,
                    None => elsewhere += executions,
                }
            }
        }
        FunctionInstructions { functions, elsewhere }
    }
}

/// Index of the symbol that holds `address`.
fn holding(symbols: &[Symbol], address: u32) -> Option<usize> {
    let index = symbols.partition_point(|symbol| symbol.address <= address).checked_sub(1)?;
    let symbol = &symbols[index];
    (symbol.bytes == 0 || address - symbol.address < symbol.bytes).then_some(index)
}
