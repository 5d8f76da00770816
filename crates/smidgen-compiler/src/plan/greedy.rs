//! Greedy by size: the largest buffer first, each in the lowest gap that holds it.
//!
//! The method of TensorFlow Lite Micro's `GreedyMemoryPlanner`, for comparison and as the start of
//! the exact search.

use std::cmp::Reverse;

use super::{Planner, Problem, Solution};

/// Places buffers by falling size, ties by start and then by position in the problem.
#[derive(Debug, Clone, Copy)]
pub struct GreedyBySize;

impl Planner for GreedyBySize {
    fn name(&self) -> &'static str {
        "greedy"
    }

    fn solve(&self, problem: &Problem) -> Solution {
        let buffers = problem.buffers();
        let mut order: Vec<usize> = (0..buffers.len()).collect();
        order.sort_by_key(|&index| (Reverse(buffers[index].bytes), buffers[index].live.start));
        Solution::new(problem, first_fit(problem, &order), problem.lower_bound_bytes())
    }
}

/// Places buffers in the given order, each at the lowest offset that is free throughout its life.
pub(super) fn first_fit(problem: &Problem, order: &[usize]) -> Vec<usize> {
    let buffers = problem.buffers();
    let mut offsets = vec![0; buffers.len()];
    // Indices of placed buffers by rising offset.
    let mut placed: Vec<usize> = Vec::with_capacity(order.len());
    for &index in order {
        let buffer = &buffers[index];
        let mut offset = 0;
        if buffer.bytes == 0 {
            continue;
        }
        for &other in &placed {
            let (low, high) = (offsets[other], offsets[other] + problem.occupied(&buffers[other]));
            if low >= offset + buffer.bytes {
                break;
            }
            let together = buffers[other].live.start < buffer.live.end
                && buffer.live.start < buffers[other].live.end;
            if together && high > offset {
                offset = high.next_multiple_of(buffer.align);
            }
        }
        offsets[index] = offset;
        let position = placed.partition_point(|&other| offsets[other] <= offset);
        placed.insert(position, index);
    }
    offsets
}
