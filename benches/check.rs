//! The whole check in one process: the fixtures, and how it grows with the number of services.
//!
//! Doubling the services should double the time. `cargo bench --bench check` prints services per
//! second; a number that falls is a loop within a loop.

mod support;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use support::{FIXTURES, Input};

fn main() {
    divan::main();
}

#[divan::bench(args = FIXTURES)]
fn polyant(bencher: Bencher, project: &str) {
    let input = Input::polyant(project);
    bencher.bench(|| black_box(&input).check());
}

#[divan::bench(args = [1, 10, 100, 1000, 5000], max_time = 5)]
fn services(bencher: Bencher, services: usize) {
    let input = Input::generated(services);
    let report = input.check();
    assert_eq!(report.environments[0].services, services);
    assert_eq!(report.environments[0].routes, services);
    bencher.counter(ItemsCount::new(services)).bench(|| black_box(&input).check());
}
