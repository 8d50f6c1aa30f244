//! Secrets that are obviously fake, and finding parts of them.

use std::sync::LazyLock;

use regex::Regex;

/// A secret as it is planted, and the part of it that occurs nowhere else: six characters of
/// that in a row are a leak, and so is the word itself.
pub(crate) struct Canary {
    pub(crate) text: &'static str,
    unique: &'static str,
}

const fn canary(text: &'static str, unique: &'static str) -> Canary {
    Canary { text, unique }
}

/// Long enough that no six characters in a row stand anywhere by chance.
const WINDOW: usize = 6;

/// Secrets of the shapes that people have, to be planted.
pub(crate) const PLANTED: [Canary; 4] = [
    canary("CANARY-q7Zk2vXw9TbR4mLp", "-q7Zk2vXw9TbR4mLp"),
    canary("CANARY:p@Qx/8%wZ;t5Jy?u3=&dK#v", ":p@Qx/8%wZ;t5Jy?u3=&dK#v"),
    canary(
        "43414e415259d17be2940c6f83a55e1c7b90f4d2a86e3b1709cc25fa4e68b3d0",
        "d17be2940c6f83a55e1c7b90f4d2a86e3b1709cc25fa4e68b3d0",
    ),
    canary("ghp_CANARYw8Rk3Vn6Yt1Hs9Zc4Bq7Xd2Jf5Lm", "w8Rk3Vn6Yt1Hs9Zc4Bq7Xd2Jf5Lm"),
];

/// The secrets of the fixtures, the encrypted ones included.
pub(crate) const IN_FIXTURES: [Canary; 26] = [
    canary("CANARY-p@ss/w0rd-7hq2xk4v9m", "p@ss/w0rd-7hq2xk4v9m"),
    canary("c0ffee00CA4A12c0ffee00CA4A12", "c0ffee00CA4A12"),
    canary("CANARY-8f1c27d95be04a63", "-8f1c27d95be04a63"),
    canary("CANARY-7hQ2xK4v9mTzWb3NcR8e", "-7hQ2xK4v9mTzWb3NcR8e"),
    canary(
        "43414e4152599f3b7c21d8e64a05b1f27c983e5d60a7142bcd8f39e07561fa2d",
        "9f3b7c21d8e64a05b1f27c983e5d60a7142bcd8f39e07561fa2d",
    ),
    canary("CANARY-Jw8rT2nVx5Lq9ZpYc4Hs7Kd3Gf6Mb1Xa", "-Jw8rT2nVx5Lq9ZpYc4Hs7Kd3Gf6Mb1Xa"),
    canary("CANARY-Rk4sW9zQe2Tn7Uv5Yb8Hc3Jm", "-Rk4sW9zQe2Tn7Uv5Yb8Hc3Jm"),
    canary("CANARY-vN6tB3xF8qLs2wPk", "-vN6tB3xF8qLs2wPk"),
    canary("CANARY-16-chars!", "-16-chars!"),
    canary("CANARY-8Kd02mXq7ZtR5vLwN3bGy6FhPj1s", "-8Kd02mXq7ZtR5vLwN3bGy6FhPj1s"),
    canary("CANARY-7hQ2xK4v9mTzWb3NcR8eLp5YdG6j", "-7hQ2xK4v9mTzWb3NcR8eLp5YdG6j"),
    canary("CANARYm3Kv8QzXt5RwL9pYc2Hs", "m3Kv8QzXt5RwL9pYc2Hs"),
    canary("CANARYw5Nz8Xq3Lv7Kt2Rm9", "w5Nz8Xq3Lv7Kt2Rm9"),
    canary("CANARY-9Xq4Tz7Kw2Lm5Rv8Nc3Yp6Hb", "-9Xq4Tz7Kw2Lm5Rv8Nc3Yp6Hb"),
    canary("CANARY-5Wn3Qx8Lk2Zr7Tv9Bc4Yp6MdHj1F", "-5Wn3Qx8Lk2Zr7Tv9Bc4Yp6MdHj1F"),
    canary("CANARY4Vq9LmX2cTz7KdRw8HnB", "4Vq9LmX2cTz7KdRw8HnB"),
    canary("CANARY-t6Jw8rT2nVx5Lq9ZpYc4HsKd02mXq7", "-t6Jw8rT2nVx5Lq9ZpYc4HsKd02mXq7"),
    canary("CANARY-kT9vLx2mQp7Zr4WnB8cHs3FyDg6J", "-kT9vLx2mQp7Zr4WnB8cHs3FyDg6J"),
    canary("CANARYvR8nWc3Hs6YdBp5Jt1Gf", "vR8nWc3Hs6YdBp5Jt1Gf"),
    canary("CANARYb6Zr3Xn8LqWd5KvTy2Mj", "b6Zr3Xn8LqWd5KvTy2Mj"),
    canary("CANARYd7Xp2LnQv9Kt4Zw6Rc8Bm", "d7Xp2LnQv9Kt4Zw6Rc8Bm"),
    canary("CANARY-n3Yk7Lw2Qz9Xv5Rt8BcMp4HdJs6Gf", "-n3Yk7Lw2Qz9Xv5Rt8BcMp4HdJs6Gf"),
    canary("CANARY-2Zt8Kp5Xn9Lw4Qv7Rc3Ym6HbJd1G", "-2Zt8Kp5Xn9Lw4Qv7Rc3Ym6HbJd1G"),
    canary("CANARY-9Lv4Xk7Zn2Qw8Rt5Yc3Bp6JmHd1G", "-9Lv4Xk7Zn2Qw8Rt5Yc3Bp6JmHd1G"),
    canary("CANARYk2Rv8Ym4BcHp6Jd1Gf3Wz", "k2Rv8Ym4BcHp6Jd1Gf3Wz"),
    canary("CANARYz4Kw7Lx2Qn9Rt5Vm8", "z4Kw7Lx2Qn9Rt5Vm8"),
];

/// The first line that holds a canary, or six characters of one, in any case.
pub(crate) fn leak(shown: &str) -> Option<&str> {
    static CANARIES: LazyLock<Regex> = LazyLock::new(canaries);
    let at = CANARIES.find(shown)?.start();
    let start = shown[..at].rfind('\n').map_or(0, |line| line + 1);
    shown[start..].lines().next()
}

/// One expression, since megabytes are searched for hundreds of texts. Nothing but a canary
/// spells the word in capitals, or in hexadecimal digits.
fn canaries() -> Regex {
    let windows = |canary: &Canary| -> Vec<String> {
        let ends = WINDOW..=canary.unique.len();
        ends.map(|end| regex::escape(&canary.unique[end - WINDOW..end])).collect()
    };
    let parts: Vec<String> = PLANTED.iter().chain(&IN_FIXTURES).flat_map(windows).collect();
    Regex::new(&format!("(?i-u:{})|CANARY|43414e415259", parts.join("|"))).unwrap()
}

#[test]
fn parts_of_canaries_are_found() {
    for shown in ["a CANARY", "x vXw9Tb", "X_VXW9TB_Y", "AUTH 43414E415259".to_lowercase().as_str()]
    {
        assert!(leak(&format!("first\n{shown}\nlast")).is_some(), "{shown}");
    }
    assert_eq!(leak("canary\nvXw9T\nERROR"), None);
}
