//! Compares the planners on allocation problems in the CSV form of the `MiniMalloc` benchmarks
//! (columns id, lower, upper, size): `cargo run --release --example planners -- CAPACITY FILE…`.

#![allow(clippy::print_stdout, reason = "an example reports on standard output")]

use std::error::Error;
use std::time::Instant;

use smidgen_compiler::plan::{ALL, Buffer, Problem, Proof, validate};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let capacity = arguments.next().ok_or("needs a capacity in bytes")?.parse()?;
    for file in arguments {
        let problem = Problem::new(buffers(&std::fs::read_to_string(&file)?)?, Some(capacity))?;
        println!("{file}: {} buffers", problem.buffers().len());
        println!("  at least {:>9} bytes", problem.lower_bound_bytes());
        for planner in ALL {
            let start = Instant::now();
            let solution = planner.solve(&problem);
            let seconds = start.elapsed().as_secs_f64();
            validate(&problem, &solution)?;
            let proof = match solution.proof() {
                Proof::Optimal => "optimal".to_owned(),
                Proof::Gap { bytes } => format!("at most {bytes} more than needed"),
            };
            let (name, peak) = (planner.name(), solution.peak_bytes);
            println!("  {name:8} {peak:>9} bytes in {seconds:.3} s, {proof}");
        }
    }
    Ok(())
}

fn buffers(text: &str) -> Result<Vec<Buffer>, Box<dyn Error>> {
    let mut buffers = Vec::new();
    for line in text.lines().skip(1) {
        let [name, start, end, bytes] = line.split(',').collect::<Vec<_>>()[..] else {
            return Err(format!("`{line}` has not four columns").into());
        };
        let live = start.parse()?..end.parse()?;
        buffers.push(Buffer { name: name.to_owned(), bytes: bytes.parse()?, align: 1, live });
    }
    Ok(buffers)
}
