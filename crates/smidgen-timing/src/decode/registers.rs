//! Sets of registers.

use std::fmt;
use std::ops::{BitAnd, BitOr, BitOrAssign, Sub};

/// A register, or other state that one instruction leaves to another.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Register(u8);

/// A set of registers. The program counter is in none ([`super::Flow`] stands for it), nor is `x0`
/// of RISC-V. Larger floating-point registers of Arm are sets of singles: `d1` is `s2` and `s3`,
/// `q1` is `s4` to `s7`. The floating-point registers of RISC-V count as singles at any width.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Registers(u128);

const SINGLES: u32 = 32;

impl Register {
    /// Condition flags: N, Z, C, V.
    pub const FLAGS: Self = Self(64);
    /// The MVE predicate `VPR`.
    pub const PREDICATE: Self = Self(65);
    /// Flags of floating-point comparisons, before `VMRS` makes them condition flags.
    pub const FLOAT_FLAGS: Self = Self(66);
    /// The flags `GE`, which `SEL` reads.
    pub const LANE_FLAGS: Self = Self(67);
    /// Number of registers; [`Register::index`] is less.
    pub const COUNT: usize = 68;

    /// A number for tables.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl Registers {
    /// None.
    pub const NONE: Self = Self(0);
    /// [`Register::FLAGS`] alone.
    pub const FLAGS: Self = Self::one(Register::FLAGS);
    /// [`Register::PREDICATE`] alone.
    pub const PREDICATE: Self = Self::one(Register::PREDICATE);
    /// [`Register::FLOAT_FLAGS`] alone.
    pub const FLOAT_FLAGS: Self = Self::one(Register::FLOAT_FLAGS);
    /// [`Register::LANE_FLAGS`] alone.
    pub const LANE_FLAGS: Self = Self::one(Register::LANE_FLAGS);

    /// The set of `register` alone.
    pub const fn one(register: Register) -> Self {
        Self(1 << register.0)
    }

    /// The integer registers whose bits are set in `list`.
    pub const fn integers(list: u32) -> Self {
        Self(list as u128)
    }

    /// The integer register `number`, modulo 32.
    pub const fn integer(number: u32) -> Self {
        Self(1 << (number % 32))
    }

    /// `count` singles from `first` on; those above 31 are left out.
    pub const fn singles(first: u32, count: u32) -> Self {
        let end = if first.saturating_add(count) < 32 { first + count } else { 32 };
        let first = if first < end { first } else { end };
        Self(((1_u128 << end) - (1_u128 << first)) << SINGLES)
    }

    /// Whether it has no register.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Number of registers.
    pub const fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// Whether it has `register`.
    pub const fn contains(self, register: Register) -> bool {
        self.0 >> register.0 & 1 != 0
    }

    /// Whether the two have a register in common.
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Its registers in ascending order.
    pub fn iter(self) -> impl Iterator<Item = Register> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let next = (rest != 0).then(|| Register(rest.trailing_zeros() as u8))?;
            rest &= rest - 1;
            Some(next)
        })
    }
}

impl BitOr for Registers {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Registers {
    fn bitor_assign(&mut self, other: Self) {
        *self = *self | other;
    }
}

impl BitAnd for Registers {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl Sub for Registers {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

impl FromIterator<Register> for Registers {
    fn from_iter<I: IntoIterator<Item = Register>>(registers: I) -> Self {
        registers.into_iter().fold(Self::NONE, |set, register| set | Self::one(register))
    }
}

impl fmt::Debug for Register {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::FLAGS => formatter.write_str("flags"),
            Self::PREDICATE => formatter.write_str("predicate"),
            Self::FLOAT_FLAGS => formatter.write_str("float flags"),
            Self::LANE_FLAGS => formatter.write_str("lane flags"),
            Self(single @ 32..) => write!(formatter, "s{}", u32::from(single) - SINGLES),
            Self(integer) => write!(formatter, "r{integer}"),
        }
    }
}

impl fmt::Debug for Registers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(set: Registers, names: &str) {
        let found: Vec<_> = set.iter().map(|register| format!("{register:?}")).collect();
        assert_eq!(found.join(" "), names);
        assert_eq!(set.len() as usize, found.len());
        assert_eq!(set.iter().collect::<Registers>(), set);
    }

    #[test]
    fn sets_hold_what_they_were_made_of() {
        check(Registers::NONE, "");
        check(Registers::integer(3) | Registers::FLAGS, "r3 flags");
        check(Registers::integers(0x8001), "r0 r15");
        check(Registers::PREDICATE | Registers::LANE_FLAGS, "predicate lane flags");
    }

    #[test]
    fn singles_end_at_31() {
        check(Registers::singles(4, 2), "s4 s5");
        check(Registers::singles(30, 4), "s30 s31");
        check(Registers::singles(31, 1), "s31");
        check(Registers::singles(40, u32::MAX), "");
    }

    #[test]
    fn sets_combine() {
        let (a, b) = (Registers::integers(0b0110), Registers::integers(0b1100));
        check(a | b, "r1 r2 r3");
        check(a & b, "r2");
        check(a - b, "r1");
        assert!(a.intersects(b) && !a.intersects(Registers::integer(0)));
    }
}
