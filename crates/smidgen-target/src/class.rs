//! Kinds of instructions that cost the same.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! classes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// What an instruction is, as far as pipelines price it.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
            JsonSchema,
        )]
        pub enum Class {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)*
        }

        impl Class {
            /// All classes.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name in pipeline tables and reports.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

classes! {
    /// Addition, subtraction, logic, moves, comparisons, without a shift.
    Alu = "alu",
    /// A shift or rotation.
    Shift = "shift",
    /// [`Class::Alu`] with a shifted operand; shift-and-add of RISC-V.
    AluShift = "alu-shift",
    /// Sign or zero extension, with or without an addition.
    Extend = "extend",
    /// Bit fields, reversal, counting of zeros, other single-bit operations.
    BitField = "bit-field",
    /// Saturation, saturating addition; also minimum and maximum.
    Saturate = "saturate",
    /// Operations on the halves or bytes of a register, without multiplication.
    Simd = "simd",
    /// 32 × 32 bits, lower half.
    Multiply = "multiply",
    /// 32 × 32 + 32 bits.
    MultiplyAccumulate = "multiply-accumulate",
    /// 32 × 32 bits, both halves or the upper one.
    MultiplyLong = "multiply-long",
    /// 32 × 32 + 64 bits.
    MultiplyAccumulateLong = "multiply-accumulate-long",
    /// Products of register halves, with or without 32-bit accumulation.
    SimdMultiply = "simd-multiply",
    /// Products of register halves with 64-bit accumulation.
    SimdMultiplyLong = "simd-multiply-long",
    /// Integer quotient or remainder.
    Divide = "divide",
    /// Load of a word.
    Load = "load",
    /// Load of a byte or halfword.
    LoadNarrow = "load-narrow",
    /// Load of two words.
    LoadPair = "load-pair",
    /// Load of a list of registers.
    LoadMultiple = "load-multiple",
    /// Store of a word or less.
    Store = "store",
    /// Store of two words.
    StorePair = "store-pair",
    /// Store of a list of registers.
    StoreMultiple = "store-multiple",
    /// Atomic access, exclusive access.
    Atomic = "atomic",
    /// Unconditional branch to a fixed target.
    Branch = "branch",
    /// Conditional branch to a fixed target.
    BranchConditional = "branch-conditional",
    /// Comparison and branch in one.
    CompareBranch = "compare-branch",
    /// Call of a fixed target.
    Call = "call",
    /// Branch, call or return to an address in a register.
    BranchIndirect = "branch-indirect",
    /// Branch to an address read from memory: tables, and loads of the program counter.
    BranchLoad = "branch-load",
    /// Start of a low-overhead loop.
    LoopStart = "loop-start",
    /// End of a low-overhead loop.
    LoopEnd = "loop-end",
    /// `IT`: makes the next instructions conditional.
    IfThen = "if-then",
    /// Nothing.
    Nop = "nop",
    /// Memory and instruction barriers.
    Barrier = "barrier",
    /// System registers, exceptions, hints that are not [`Class::Nop`].
    System = "system",
    /// Single-precision addition, negation, absolute value, minimum, maximum.
    FloatAdd = "float-add",
    /// Single-precision multiplication.
    FloatMultiply = "float-multiply",
    /// Single-precision multiply-accumulate, rounded once or twice.
    FloatMultiplyAccumulate = "float-multiply-accumulate",
    /// Single-precision division.
    FloatDivide = "float-divide",
    /// Single-precision square root.
    FloatSquareRoot = "float-square-root",
    /// Comparison of floating-point numbers, transfer of its flags, selection.
    FloatCompare = "float-compare",
    /// Conversion between number formats, rounding.
    FloatConvert = "float-convert",
    /// Moves between floating-point registers, constants, and core registers.
    FloatMove = "float-move",
    /// Load of floating-point registers.
    FloatLoad = "float-load",
    /// Load of a list of floating-point registers.
    FloatLoadMultiple = "float-load-multiple",
    /// Store of floating-point registers.
    FloatStore = "float-store",
    /// Store of a list of floating-point registers.
    FloatStoreMultiple = "float-store-multiple",
    /// Double-precision addition and the like.
    DoubleAdd = "double-add",
    /// Double-precision multiplication.
    DoubleMultiply = "double-multiply",
    /// Double-precision multiply-accumulate.
    DoubleMultiplyAccumulate = "double-multiply-accumulate",
    /// Double-precision division.
    DoubleDivide = "double-divide",
    /// Double-precision square root.
    DoubleSquareRoot = "double-square-root",
    /// Vector operations on integers without multiplication; moves, predicates.
    VectorAlu = "vector-alu",
    /// Vector multiplication of integers, with or without accumulation into a vector.
    VectorMultiply = "vector-multiply",
    /// Vector operations whose result is in core registers: sums, dot products, maxima.
    VectorReduce = "vector-reduce",
    /// Vector operations on floating-point numbers.
    VectorFloat = "vector-float",
    /// Load of a vector from consecutive addresses.
    VectorLoad = "vector-load",
    /// Store of a vector to consecutive addresses.
    VectorStore = "vector-store",
    /// Vector loads and stores of scattered or interleaved elements.
    VectorGather = "vector-gather",
    /// Not decoded.
    Unknown = "unknown",
}

impl fmt::Display for Class {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
