//! Core cycles by their cause.

use serde::{Deserialize, Serialize};
use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul};

/// Core cycles by cause, summed over executions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Cycles {
    /// Instructions issuing, and waiting for a unit that is taken.
    pub issue: f64,
    /// Waiting for the result of an instruction before.
    pub dependency: f64,
    /// Refilling the pipeline behind branches.
    pub branch: f64,
    /// Waiting for instructions from memory.
    pub fetch: f64,
    /// Waiting for data from memory.
    pub data: f64,
}

impl Cycles {
    /// All causes together.
    pub fn total(&self) -> f64 {
        self.issue + self.dependency + self.branch + self.fetch + self.data
    }

    /// Stalls inside the core: dependencies and branches.
    pub fn pipeline(&self) -> f64 {
        self.dependency + self.branch
    }

    /// Everything but issuing.
    pub fn stalls(&self) -> f64 {
        self.pipeline() + self.fetch + self.data
    }
}

impl Add for Cycles {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            issue: self.issue + other.issue,
            dependency: self.dependency + other.dependency,
            branch: self.branch + other.branch,
            fetch: self.fetch + other.fetch,
            data: self.data + other.data,
        }
    }
}

impl AddAssign for Cycles {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Mul<f64> for Cycles {
    type Output = Self;
    fn mul(self, times: f64) -> Self {
        Self {
            issue: self.issue * times,
            dependency: self.dependency * times,
            branch: self.branch * times,
            fetch: self.fetch * times,
            data: self.data * times,
        }
    }
}

impl Sum for Cycles {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), Add::add)
    }
}

impl<'a> Sum<&'a Cycles> for Cycles {
    fn sum<I: Iterator<Item = &'a Self>>(all: I) -> Self {
        all.copied().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_add_up() {
        let one = Cycles { issue: 1.0, dependency: 2.0, branch: 3.0, fetch: 4.0, data: 5.0 };
        let all: Cycles = [one, one * 2.0].iter().sum();
        assert_eq!(
            all,
            Cycles { issue: 3.0, dependency: 6.0, branch: 9.0, fetch: 12.0, data: 15.0 }
        );
        assert_eq!(all.total() as u32, 45);
    }
}
