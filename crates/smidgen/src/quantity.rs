//! Quantities with units, as people write and read them.

use crate::table::number;
use smidgen_study::cost::Battery;
use smidgen_study::report::Estimate;

/// A clock such as `80MHz`, in hertz.
pub(crate) fn clock(text: &str) -> Result<u64, String> {
    let units = [("GHz", 1e9), ("MHz", 1e6), ("kHz", 1e3), ("Hz", 1.0)];
    match measure(text, &units) {
        Some(hertz) if (1.0..=1e11).contains(&hertz) => Ok(hertz.round() as u64),
        _ => Err("expected a clock with a unit (Hz, kHz, MHz or GHz), such as `80MHz`".into()),
    }
}

/// A time such as `1s`, in seconds.
pub(crate) fn time(text: &str) -> Result<f64, String> {
    let units =
        [("ms", 1e-3), ("us", 1e-6), ("min", 60.0), ("s", 1.0), ("h", 3600.0), ("d", 86400.0)];
    match measure(text, &units) {
        Some(seconds) if (1e-6..=1e9).contains(&seconds) => Ok(seconds),
        _ => Err("expected a time with a unit (us, ms, s, min, h or d), such as `1s`".into()),
    }
}

/// A battery such as `220mAh@3V`.
pub(crate) fn battery(text: &str) -> Result<Battery, String> {
    let parts = text.split_once('@').and_then(|(capacity, voltage)| {
        let milliamp_hours = measure(capacity, &[("mAh", 1.0), ("Ah", 1e3)])?;
        let volts = measure(voltage, &[("mV", 1e-3), ("V", 1.0)])?;
        Some(Battery { milliamp_hours, volts })
    });
    let sensible = |battery: &Battery| {
        (1e-3..=1e9).contains(&battery.milliamp_hours) && (0.1..=1000.0).contains(&battery.volts)
    };
    parts.filter(sensible).ok_or_else(|| {
        "expected a capacity (mAh or Ah) and a voltage (V), such as `220mAh@3V`".into()
    })
}

/// A number with one of `units`, times the unit's factor.
fn measure(text: &str, units: &[(&str, f64)]) -> Option<f64> {
    let text = text.trim();
    let (digits, factor) = units.iter().find_map(|(unit, factor)| {
        let (at, end) = text.split_at_checked(text.len().checked_sub(unit.len())?)?;
        end.eq_ignore_ascii_case(unit).then_some((at.trim_end(), factor))
    })?;
    let plain = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
    plain.then(|| digits.parse::<f64>().ok().map(|value| value * factor))?
}

/// Three significant digits, more where the whole part has more.
pub(crate) fn significant(value: f64) -> String {
    match value.abs() {
        size if size >= 99.95 => number(value.round() as u64),
        size if size >= 9.995 => format!("{value:.1}"),
        size if size >= 0.9995 || size == 0.0 => format!("{value:.2}"),
        size => {
            let digits = (2.0 - size.log10().floor()).clamp(0.0, 12.0) as usize;
            format!("{value:.digits$}")
        }
    }
}

/// The lower and the upper end of a band.
pub(crate) fn ends(estimate: &Estimate) -> String {
    format!("{}–{}", significant(estimate.low), significant(estimate.high))
}

/// An energy in the unit that suits it.
pub(crate) fn energy(microjoules: f64) -> String {
    if microjoules < 1e3 {
        format!("{} µJ", significant(microjoules))
    } else {
        format!("{} mJ", significant(microjoules / 1e3))
    }
}

/// A power in the unit that suits it.
pub(crate) fn power(microwatts: f64) -> String {
    if microwatts < 1e3 {
        format!("{} µW", significant(microwatts))
    } else {
        format!("{} mW", significant(microwatts / 1e3))
    }
}

/// A time in the unit that suits it.
pub(crate) fn duration(seconds: f64) -> String {
    let (value, unit) = match seconds {
        s if s < 1e-3 => (s * 1e6, "µs"),
        s if s < 1.0 => (s * 1e3, "ms"),
        s if s < 120.0 => (s, "s"),
        s if s < 7200.0 => (s / 60.0, "min"),
        s if s < 172_800.0 => (s / 3600.0, "h"),
        s if s < 730.0 * 86400.0 => (s / 86400.0, "days"),
        s => (s / (365.25 * 86400.0), "years"),
    };
    format!("{} {unit}", significant(value))
}

/// A clock in megahertz.
pub(crate) fn megahertz(hertz: u64) -> String {
    let text = format!("{:.3}", hertz as f64 / 1e6);
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_have_units() {
        assert_eq!(
            ["80MHz", "32.768 kHz", "1ghz"].map(|text| clock(text).ok()),
            [80_000_000, 32_768, 1_000_000_000].map(Some)
        );
        for wrong in ["80", "MHz", "-80MHz", "0Hz", "1e3MHz", "80 Mhzz", "8.0.1MHz", "é", "inf Hz"]
        {
            assert!(clock(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn times_have_units() {
        assert_eq!(
            ["1s", "250 ms", "2min", "1d"].map(|text| time(text).ok()),
            [1.0, 0.25, 120.0, 86400.0].map(Some)
        );
        for wrong in ["1", "0s", "-1s", "s", "nan s", "9999999999999h"] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn batteries_have_both_parts() {
        let expected = Battery { milliamp_hours: 2500.0, volts: 1.5 };
        assert_eq!(battery("2.5Ah@1.5V").ok(), Some(expected));
        for wrong in ["220mAh", "@3V", "220@3", "0mAh@3V", "220mAh@0V"] {
            assert!(battery(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn numbers_have_three_digits() {
        let shown = [0.0, 0.001_234, 0.5, 1.0, 12.34, 99.97, 1234.4].map(significant);
        assert_eq!(shown, ["0.00", "0.00123", "0.500", "1.00", "12.3", "100", "1,234"]);
        assert_eq!([megahertz(80_000_000), megahertz(32_768)], ["80", "0.033"]);
        assert_eq!(duration(3.0 * 86400.0), "3.00 days");
    }
}
