@ Floating-point instructions of half, single and double precision, one per form.
it eq
vaddeq.f32 s1, s2, s3
vadd.f32 s1, s2, s3
vsub.f32 s1, s2, s3
vmul.f32 s1, s2, s3
vnmul.f32 s1, s2, s3
vdiv.f32 s1, s2, s3
vmla.f32 s1, s2, s3
vmls.f32 s1, s2, s3
vnmla.f32 s1, s2, s3
vnmls.f32 s1, s2, s3
vfma.f32 s1, s2, s3
vfms.f32 s1, s2, s3
vfnma.f32 s1, s2, s3
vfnms.f32 s1, s2, s3
vmaxnm.f32 s1, s2, s3
vminnm.f32 s1, s2, s3
vselge.f32 s1, s2, s3
vseleq.f32 s1, s2, s3
vselgt.f32 s1, s2, s3
vselvs.f32 s1, s2, s3
vabs.f32 s1, s2
vneg.f32 s1, s2
vsqrt.f32 s1, s2
vrinta.f32 s1, s2
vrintm.f32 s1, s2
vrintn.f32 s1, s2
vrintp.f32 s1, s2
vrintr.f32 s1, s2
vrintx.f32 s1, s2
vrintz.f32 s1, s2
vcmp.f32 s1, s2
vcmpe.f32 s1, s2
vmov.f32 s1, #1.0
vcmp.f32 s1, #0.0
vcmpe.f32 s1, #0.0
vcvt.f32.s32 s1, s5
vcvt.s32.f32 s5, s2
vcvtr.s32.f32 s5, s2
vcvt.f32.s32 s1, s1, #5
vcvt.s32.f32 s1, s1, #5
vcvta.s32.f32 s5, s2
vcvtm.s32.f32 s5, s2
vcvtn.s32.f32 s5, s2
vcvtp.s32.f32 s5, s2
vcvt.f32.u32 s1, s5
vcvt.u32.f32 s5, s2
vcvtr.u32.f32 s5, s2
vcvt.f32.u32 s1, s1, #5
vcvt.u32.f32 s1, s1, #5
vcvta.u32.f32 s5, s2
vcvtm.u32.f32 s5, s2
vcvtn.u32.f32 s5, s2
vcvtp.u32.f32 s5, s2
vadd.f64 d1, d2, d3
vsub.f64 d1, d2, d3
vmul.f64 d1, d2, d3
vnmul.f64 d1, d2, d3
vdiv.f64 d1, d2, d3
vmla.f64 d1, d2, d3
vmls.f64 d1, d2, d3
vnmla.f64 d1, d2, d3
vnmls.f64 d1, d2, d3
vfma.f64 d1, d2, d3
vfms.f64 d1, d2, d3
vfnma.f64 d1, d2, d3
vfnms.f64 d1, d2, d3
vmaxnm.f64 d1, d2, d3
vminnm.f64 d1, d2, d3
vselge.f64 d1, d2, d3
vseleq.f64 d1, d2, d3
vselgt.f64 d1, d2, d3
vselvs.f64 d1, d2, d3
vabs.f64 d1, d2
vneg.f64 d1, d2
vsqrt.f64 d1, d2
vrinta.f64 d1, d2
vrintm.f64 d1, d2
vrintn.f64 d1, d2
vrintp.f64 d1, d2
vrintr.f64 d1, d2
vrintx.f64 d1, d2
vrintz.f64 d1, d2
vcmp.f64 d1, d2
vcmpe.f64 d1, d2
vmov.f64 d1, #1.0
vcmp.f64 d1, #0.0
vcmpe.f64 d1, #0.0
vcvt.f64.s32 d1, s5
vcvt.s32.f64 s5, d2
vcvtr.s32.f64 s5, d2
vcvt.f64.s32 d1, d1, #5
vcvt.s32.f64 d1, d1, #5
vcvta.s32.f64 s5, d2
vcvtm.s32.f64 s5, d2
vcvtn.s32.f64 s5, d2
vcvtp.s32.f64 s5, d2
vcvt.f64.u32 d1, s5
vcvt.u32.f64 s5, d2
vcvtr.u32.f64 s5, d2
vcvt.f64.u32 d1, d1, #5
vcvt.u32.f64 d1, d1, #5
vcvta.u32.f64 s5, d2
vcvtm.u32.f64 s5, d2
vcvtn.u32.f64 s5, d2
vcvtp.u32.f64 s5, d2
vadd.f16 s1, s2, s3
vsub.f16 s1, s2, s3
vmul.f16 s1, s2, s3
vnmul.f16 s1, s2, s3
vdiv.f16 s1, s2, s3
vmla.f16 s1, s2, s3
vmls.f16 s1, s2, s3
vnmla.f16 s1, s2, s3
vnmls.f16 s1, s2, s3
vfma.f16 s1, s2, s3
vfms.f16 s1, s2, s3
vfnma.f16 s1, s2, s3
vfnms.f16 s1, s2, s3
vmaxnm.f16 s1, s2, s3
vminnm.f16 s1, s2, s3
vselge.f16 s1, s2, s3
vseleq.f16 s1, s2, s3
vselgt.f16 s1, s2, s3
vselvs.f16 s1, s2, s3
vabs.f16 s1, s2
vneg.f16 s1, s2
vsqrt.f16 s1, s2
vrinta.f16 s1, s2
vrintm.f16 s1, s2
vrintn.f16 s1, s2
vrintp.f16 s1, s2
vrintr.f16 s1, s2
vrintx.f16 s1, s2
vrintz.f16 s1, s2
vcmp.f16 s1, s2
vcmpe.f16 s1, s2
vmov.f16 s1, #1.0
vcmp.f16 s1, #0.0
vcmpe.f16 s1, #0.0
vcvt.f16.s32 s1, s5
vcvt.s32.f16 s5, s2
vcvtr.s32.f16 s5, s2
vcvt.f16.s32 s1, s1, #5
vcvt.s32.f16 s1, s1, #5
vcvta.s32.f16 s5, s2
vcvtm.s32.f16 s5, s2
vcvtn.s32.f16 s5, s2
vcvtp.s32.f16 s5, s2
vcvt.f16.u32 s1, s5
vcvt.u32.f16 s5, s2
vcvtr.u32.f16 s5, s2
vcvt.f16.u32 s1, s1, #5
vcvt.u32.f16 s1, s1, #5
vcvta.u32.f16 s5, s2
vcvtm.u32.f16 s5, s2
vcvtn.u32.f16 s5, s2
vcvtp.u32.f16 s5, s2
vmov.f32 s1, s2
vmov.f64 d1, d2
vmov s1, r2
vmov r1, s2
vmov.f16 s1, r2
vmov.f16 r1, s2
vmov s2, s3, r4, r5
vmov r4, r5, s2, s3
vmov d2, r4, r5
vmov r4, r5, d2
vmov.32 d2[0], r1
vmov.32 r1, d2[1]
vins.f16 s1, s2
vmovx.f16 s1, s2
vcvt.f64.f32 d1, s5
vcvt.f32.f64 s5, d1
vcvtb.f32.f16 s1, s2
vcvtt.f32.f16 s1, s2
vcvtb.f16.f32 s1, s2
vcvtt.f64.f16 d1, s5
vcvtb.f16.f64 s5, d1
vmrs APSR_nzcv, fpscr
vmrs r1, fpscr
vmsr fpscr, r1
vmrs r1, vpr
vmsr vpr, r1
vmrs r1, p0
vmsr p0, r1
vldr s1, [r2, #4]
vldr d1, [r2, #-4]
vldr.16 s1, [r2, #4]
vldr s1, [pc, #8]
vstr s1, [r2]
vstr d1, [r2, #8]
vstr.16 s1, [r2]
vldmia r1, {s2-s5}
vldmia r1!, {d2-d5}
vldmdb r1!, {s2-s5}
vstmia r1, {d2-d5}
vstmia r1!, {s2-s5}
vstmdb r1!, {d8-d9}
vpush {d8-d15}
vpop {s16-s20}
vlldm r1
vlstm r1
vscclrm {s1-s4, vpr}
vldr P0, [r1]
vstr P0, [r1, #4]!
vldr VPR, [r1], #4
vstr FPSCR, [r1]
