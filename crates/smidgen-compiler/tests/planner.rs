//! The memory planner on random, hostile and publicly known hard problems.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic and print")]

use std::ops::Range;
use std::path::PathBuf;

use smidgen_compiler::plan::{
    ALL, Buffer, Exact, GreedyBySize, Planner, Problem, ProblemError, Proof, Solution, Violation,
    explain, validate,
};

fn buffer(name: &str, bytes: usize, align: usize, live: Range<u32>) -> Buffer {
    Buffer { name: name.to_owned(), bytes, align, live }
}

fn problem(buffers: &[(usize, usize, Range<u32>)]) -> Problem {
    let named = |(index, (bytes, align, live)): (usize, &(usize, usize, Range<u32>))| {
        buffer(&format!("b{index}"), *bytes, *align, live.clone())
    };
    Problem::new(buffers.iter().enumerate().map(named).collect(), None).unwrap()
}

/// Numbers that look random and are the same everywhere (Vigna's xorshift64*).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit
    }

    /// Buffers of 0 to 39 bytes with lifetimes of up to half the steps.
    fn buffers(&mut self, count: usize, steps: usize, aligns: &[usize]) -> Problem {
        let mut one = || {
            let start = self.below(steps) as u32;
            let end = start + 1 + self.below(steps / 2) as u32;
            (self.below(40), aligns[self.below(aligns.len())], start..end)
        };
        let buffers: Vec<_> = (0..count).map(|_| one()).collect();
        problem(&buffers)
    }

    /// Lifetimes of a network's activations: a chain with skip connections and scratch buffers.
    fn network(&mut self, operators: u32) -> Problem {
        let mut buffers = Vec::new();
        for step in 0..operators {
            let reader = match self.below(4) {
                0 => step + 2 + self.below(4) as u32,
                _ => step + 1,
            };
            buffers.push((16 + self.below(4_000) * 16, 16, step..reader + 1));
            if self.below(3) == 0 {
                buffers.push((4 + self.below(500) * 4, 16, step..step + 1));
            }
        }
        problem(&buffers)
    }
}

/// The smallest peak, by trying every order in which buffers can be stacked.
fn smallest_peak(problem: &Problem) -> usize {
    fn place(problem: &Problem, placed: &mut Vec<(usize, usize)>, peak: usize, best: &mut usize) {
        let buffers = problem.buffers();
        if placed.len() == buffers.len() {
            *best = (*best).min(peak);
            return;
        }
        for index in 0..buffers.len() {
            if placed.iter().any(|&(other, _)| other == index) {
                continue;
            }
            let new = &buffers[index];
            let below = placed.iter().filter(|&&(other, _)| {
                let live = &buffers[other].live;
                live.start < new.live.end && new.live.start < live.end
            });
            let floor = below.map(|&(_, end)| end).max().unwrap_or(0);
            let offset = floor.next_multiple_of(new.align);
            let end = (offset + new.bytes).next_multiple_of(problem.unit());
            placed.push((index, end));
            place(problem, placed, peak.max(end), best);
            placed.pop();
        }
    }
    let mut best = usize::MAX;
    place(problem, &mut Vec::new(), 0, &mut best);
    best
}

fn solve(problem: &Problem) -> Solution {
    let solution = Exact::STANDARD.solve(problem);
    validate(problem, &solution).unwrap();
    solution
}

fn check_optimal(seed: u64, count: usize, steps: usize, aligns: &[usize]) {
    let mut random = Random(seed);
    for round in 0..60 {
        let mut problem = random.buffers(count, steps, aligns);
        // A buffer of no size would be stacked by `smallest_peak` as if it could be in the way.
        while problem.buffers().iter().any(|buffer| buffer.bytes == 0) {
            problem = random.buffers(count, steps, aligns);
        }
        let solution = solve(&problem);
        let smallest = smallest_peak(&problem);
        assert_eq!(solution.peak_bytes, smallest, "seed {seed}, round {round}: {problem:?}");
        assert_eq!(solution.proof(), Proof::Optimal, "seed {seed}, round {round}: {problem:?}");
    }
}

#[test]
fn five_buffers_are_optimal() {
    check_optimal(1, 5, 6, &[1]);
}

#[test]
fn six_buffers_are_optimal() {
    check_optimal(2, 6, 8, &[1]);
}

#[test]
fn seven_buffers_are_optimal() {
    check_optimal(3, 7, 8, &[1]);
}

#[test]
fn seven_short_lived_buffers_are_optimal() {
    check_optimal(4, 7, 4, &[1]);
}

#[test]
fn equally_aligned_buffers_are_optimal() {
    check_optimal(5, 7, 8, &[16]);
}

#[test]
fn differently_aligned_buffers_are_optimal() {
    check_optimal(6, 6, 6, &[1, 4, 8, 16]);
}

#[test]
fn coarsely_aligned_buffers_are_optimal() {
    check_optimal(7, 7, 8, &[4, 64]);
}

#[test]
fn networks_of_100_operators_are_optimal() {
    let mut random = Random(8);
    for round in 0..40 {
        let problem = random.network(100);
        assert!(solve(&problem).is_optimal(), "round {round}");
    }
}

fn check_valid(seed: u64, most: usize, aligns: &[usize], planners: &[&dyn Planner]) {
    let mut random = Random(seed);
    for round in 0..300 {
        let count = random.below(most + 1);
        let problem = random.buffers(count, 20, aligns);
        let bound = problem.lower_bound_bytes();
        for planner in planners {
            let solution = planner.solve(&problem);
            validate(&problem, &solution).unwrap_or_else(|violation| {
                panic!("{} in round {round}: {violation}", planner.name())
            });
            assert!(solution.lower_bound_bytes >= bound && solution.peak_bytes >= bound);
        }
    }
}

#[test]
fn every_planner_is_valid_on_random_problems() {
    check_valid(9, 40, &[4], ALL);
}

#[test]
fn a_search_cut_short_is_valid() {
    check_valid(13, 60, &[1, 2, 8], &[&Exact { effort: 100_000 }]);
}

#[test]
fn exact_is_never_worse_than_greedy() {
    let mut random = Random(10);
    let mut better = 0;
    for _ in 0..100 {
        let problem = random.buffers(40, 16, &[1]);
        let exact = Exact { effort: 1_000_000 }.solve(&problem).peak_bytes;
        let greedy = GreedyBySize.solve(&problem).peak_bytes;
        assert!(exact <= greedy);
        better += u32::from(exact < greedy);
    }
    assert!(better > 50, "better in {better} of 100");
}

#[test]
fn equal_problems_give_equal_solutions() {
    let problem = Random(11).buffers(80, 20, &[1]);
    let planner = Exact { effort: 300_000 };
    assert_eq!(planner.solve(&problem), planner.solve(&problem));
}

#[test]
fn planners_have_different_names() {
    let mut names: Vec<&str> = ALL.iter().map(|planner| planner.name()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), ALL.len());
}

#[test]
fn no_buffers_need_no_memory() {
    let solution = solve(&problem(&[]));
    assert_eq!((solution.peak_bytes, solution.proof()), (0, Proof::Optimal));
    assert_eq!(explain(&problem(&[]), &solution), None);
}

#[test]
fn empty_buffers_need_no_memory() {
    let solution = solve(&problem(&[(0, 16, 0..9), (7, 1, 0..9), (0, 1, 3..4)]));
    assert_eq!(solution.peak_bytes, 7);
}

#[test]
fn arenas_are_measured_in_the_smallest_alignment() {
    let problem = problem(&[(5, 4, 0..2), (3, 8, 1..3)]);
    assert_eq!(problem.unit(), 4);
    assert_eq!(solve(&problem).peak_bytes, 12);
}

#[test]
fn thousands_of_buffers_end_with_a_valid_plan() {
    let mut random = Random(12);
    for count in [1_000, 2_000, 3_000] {
        let problem = random.buffers(count, 500, &[1]);
        let solution = Exact { effort: 20_000_000 }.solve(&problem);
        validate(&problem, &solution).unwrap();
    }
}

#[test]
fn sizes_beyond_the_address_space_are_refused() {
    for bytes in [usize::MAX, usize::MAX - 15, usize::MAX / 2, isize::MAX as usize] {
        let buffers = vec![buffer("a", 64, 16, 0..1), buffer("b", bytes, 16, 0..1)];
        let error = ProblemError::TooLarge { name: "b".to_owned(), bytes };
        assert_eq!(Problem::new(buffers, None), Err(error));
    }
}

#[test]
fn sizes_near_the_address_space_are_planned() {
    let eighth = usize::MAX / 8;
    let problem = problem(&[(eighth, 1, 0..2), (eighth, 1, 1..3), (eighth, 1, 2..4)]);
    assert_eq!(solve(&problem).peak_bytes, 2 * eighth);
}

#[test]
fn huge_alignments_are_refused() {
    let align = 1 << (usize::BITS - 1);
    let error = Problem::new(vec![buffer("a", 1, align, 0..1)], None).unwrap_err();
    assert_eq!(error, ProblemError::TooLarge { name: "a".to_owned(), bytes: 1 });
}

#[test]
fn odd_alignments_are_refused() {
    for align in [0, 3] {
        let error = Problem::new(vec![buffer("a", 1, align, 0..1)], None).unwrap_err();
        assert_eq!(error, ProblemError::Alignment { name: "a".to_owned(), align });
    }
}

#[test]
fn lifetimes_without_steps_are_refused() {
    let error = Problem::new(vec![buffer("a", 1, 1, 5..5)], None).unwrap_err();
    assert_eq!(error, ProblemError::Lifetime { name: "a".to_owned(), start: 5, end: 5 });
}

/// The violation of a plan for three buffers of 8 bytes in a chain.
fn violation(offsets: &[usize], peak_bytes: usize, lower_bound_bytes: usize) -> Violation {
    let problem = problem(&[(8, 4, 0..2), (8, 4, 1..3), (8, 4, 2..4)]);
    let solution = Solution { offsets: offsets.to_vec(), peak_bytes, lower_bound_bytes };
    validate(&problem, &solution).unwrap_err()
}

#[test]
fn the_validator_counts() {
    assert_eq!(violation(&[0, 8], 16, 16), Violation::Count { offsets: 2, buffers: 3 });
}

#[test]
fn the_validator_checks_alignment() {
    let expected = Violation::Misaligned { name: "b1".to_owned(), offset: 10, align: 4 };
    assert_eq!(violation(&[0, 10, 0], 18, 16), expected);
}

#[test]
fn the_validator_checks_the_arena() {
    let name = "b1".to_owned();
    let expected = Violation::Outside { name, offset: 12, bytes: 8, peak_bytes: 16 };
    assert_eq!(violation(&[0, 12, 0], 16, 16), expected);
}

#[test]
fn the_validator_does_not_overflow() {
    let (name, offset) = ("b1".to_owned(), usize::MAX - 3);
    let expected = Violation::Outside { name, offset, bytes: 8, peak_bytes: 16 };
    assert_eq!(violation(&[0, offset, 0], 16, 16), expected);
}

#[test]
fn the_validator_checks_every_pair() {
    let (first, second) = ("b1".to_owned(), "b2".to_owned());
    let expected = Violation::Overlap { first, second, step: 2, offset: 12 };
    assert_eq!(violation(&[0, 8, 12], 20, 16), expected);
}

#[test]
fn the_validator_checks_the_bound() {
    let expected = Violation::Bound { lower_bound_bytes: 24, peak_bytes: 16 };
    assert_eq!(violation(&[0, 8, 0], 16, 24), expected);
}

#[test]
fn an_explanation_names_the_critical_buffers() {
    let buffers = vec![
        buffer("input", 10, 1, 0..1),
        buffer("wide", 50, 1, 0..3),
        buffer("narrow", 20, 1, 1..3),
        buffer("scratch", 40, 1, 2..3),
        buffer("output", 10, 1, 3..4),
    ];
    let problem = Problem::new(buffers, Some(100)).unwrap();
    let explanation = explain(&problem, &solve(&problem)).unwrap();
    let names: Vec<&str> = explanation.critical.iter().map(|buffer| buffer.name.as_str()).collect();
    assert_eq!((explanation.step, explanation.alive_bytes), (2, 110));
    assert_eq!(names, ["wide", "scratch", "narrow"]);
    assert_eq!((explanation.over_bytes, explanation.gap_bytes), (10, 0));
}

/// A public hard instance, where the folder is at hand.
fn minimalloc(name: &str) -> Option<Problem> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let root = std::env::var_os("SMIDGEN_TEST_DATA").map_or_else(beside, PathBuf::from);
    let path = root.join(format!("bench/minimalloc/{name}.1048576.csv"));
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: `{}` is absent; set SMIDGEN_TEST_DATA", path.display());
        return None;
    };
    let buffers = text.lines().skip(1).map(|line| {
        let fields: Vec<&str> = line.split(',').collect();
        let number = |index: usize| fields[index].parse::<usize>().unwrap();
        buffer(fields[0], number(3), 1, number(1) as u32..number(2) as u32)
    });
    Some(Problem::new(buffers.collect(), Some(1 << 20)).unwrap())
}

fn check_minimalloc(name: &str, peak_bytes: usize) {
    let Some(problem) = minimalloc(name) else { return };
    let solution = solve(&problem);
    assert!(GreedyBySize.solve(&problem).peak_bytes > 1_250_000);
    assert_eq!(solution.peak_bytes, peak_bytes);
    assert!(solution.is_optimal());
}

#[test]
fn minimalloc_a_is_optimal() {
    check_minimalloc("A", 1 << 20);
}

#[test]
fn minimalloc_b_is_optimal() {
    check_minimalloc("B", 1 << 20);
}

#[test]
fn minimalloc_c_is_optimal() {
    check_minimalloc("C", 1_039_360);
}

#[test]
fn minimalloc_e_is_optimal() {
    check_minimalloc("E", 1 << 20);
}

#[test]
fn minimalloc_f_is_optimal() {
    check_minimalloc("F", 1 << 20);
}

#[test]
fn minimalloc_g_is_optimal() {
    check_minimalloc("G", 1 << 20);
}

#[test]
fn minimalloc_h_is_optimal() {
    check_minimalloc("H", 1 << 20);
}

#[test]
fn minimalloc_i_is_optimal() {
    check_minimalloc("I", 1 << 20);
}

#[test]
fn minimalloc_k_is_optimal() {
    check_minimalloc("K", 1 << 20);
}
