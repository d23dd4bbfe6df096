/* The floating-point environment. Reference: "_control87, _controlfp, __control87_2", "_status87", "_fpreset",
 * <fenv.h>. The SSE unit is what counts on both architectures; the x87 follows, its precision too on i386. */
#include "crt.h"

#define EM_INVALID 0x10
#define EM_DENORMAL 0x80000
#define EM_ZERODIVIDE 0x08
#define EM_OVERFLOW 0x04
#define EM_UNDERFLOW 0x02
#define EM_INEXACT 0x01
#define RC_UP 0x200
#define RC_DOWN 0x100
#define RC_MASK 0x300
#define PC_MASK 0x30000
#define PC_24 0x20000
#define PC_53 0x10000
#define IC_AFFINE 0x40000
#define DN_MASK 0x3000000
#define DN_FLUSH 0x1000000
#define DN_OPERANDS 0x2000000
#define DN_SAVE 0x3000000

static const struct {
    unsigned ours, machine; /* exception bit of MXCSR's flags; its mask is 7 bits up */
} exceptions[] = {
    { EM_INVALID, 1 }, { EM_DENORMAL, 2 }, { EM_ZERODIVIDE, 4 }, { EM_OVERFLOW, 8 }, { EM_UNDERFLOW, 16 }, { EM_INEXACT, 32 },
};

static unsigned get_mxcsr(void)
{
    unsigned value;

    __asm__ volatile("stmxcsr %0" : "=m"(value));
    return value;
}

static void set_mxcsr(unsigned value)
{
    __asm__ volatile("ldmxcsr %0" : : "m"(value));
}

static unsigned short get_x87(void)
{
    unsigned short value;

    __asm__ volatile("fnstcw %0" : "=m"(value));
    return value;
}

static void set_x87(unsigned short value)
{
    __asm__ volatile("fnclex\n\tfldcw %0" : : "m"(value));
}

static unsigned flags_to_ours(unsigned machine)
{
    unsigned ours = 0;

    for (unsigned i = 0; i < ARRAYSIZE(exceptions); i++)
        if (machine & exceptions[i].machine) ours |= exceptions[i].ours;
    return ours;
}

static unsigned control_word(void)
{
    unsigned mxcsr = get_mxcsr(), x87 = get_x87(), word = flags_to_ours(mxcsr >> 7);

    if (mxcsr & 0x4000) word |= RC_UP;
    if (mxcsr & 0x2000) word |= RC_DOWN;
    if ((mxcsr & 0x8040) == 0x8040) word |= DN_FLUSH;
    else if (mxcsr & 0x8000) word |= DN_SAVE;
    else if (mxcsr & 0x40) word |= DN_OPERANDS;
#ifdef __i386__
    if ((x87 & 0x300) == 0) word |= PC_24;
    if ((x87 & 0x300) == 0x200) word |= PC_53;
    if (x87 & 0x1000) word |= IC_AFFINE;
#else
    (void)x87;
#endif
    return word;
}

static void set_control_word(unsigned word)
{
    unsigned mxcsr = get_mxcsr() & 0x3f, x87 = get_x87() & ~0xc3f;

    for (unsigned i = 0; i < ARRAYSIZE(exceptions); i++)
        if (word & exceptions[i].ours) mxcsr |= exceptions[i].machine << 7, x87 |= exceptions[i].machine;
    if (word & RC_UP) mxcsr |= 0x4000, x87 |= 0x800;
    if (word & RC_DOWN) mxcsr |= 0x2000, x87 |= 0x400;
    switch (word & DN_MASK) {
    case DN_FLUSH: mxcsr |= 0x8040; break;
    case DN_SAVE: mxcsr |= 0x8000; break;
    case DN_OPERANDS: mxcsr |= 0x40; break;
    }
#ifdef __i386__
    x87 &= ~0x1300;
    if (word & IC_AFFINE) x87 |= 0x1000;
    switch (word & PC_MASK) {
    case PC_24: break;
    case PC_53: x87 |= 0x200; break;
    default: x87 |= 0x300;
    }
#endif
    set_x87((unsigned short)x87);
    set_mxcsr(mxcsr);
}

#ifdef __i386__
#define SETTABLE 0x030f031f
#else
#define SETTABLE (0x0308031f)
#endif

CRTAPI unsigned _control87(unsigned value, unsigned mask)
{
    unsigned old = control_word(), word;

    mask &= SETTABLE;
    word = (old & ~mask) | (value & mask);
    if (word != old) set_control_word(word);
    return word;
}

/* As _control87, but the denormal exception stays as it is. */
CRTAPI unsigned _controlfp(unsigned value, unsigned mask)
{
    return _control87(value, mask & ~EM_DENORMAL);
}

CRTAPI errno_t _controlfp_s(unsigned *current, unsigned value, unsigned mask)
{
    REQUIRE(!((value & mask) & ~0x030f031f), EINVAL, (current ? (*current = control_word(), EINVAL) : EINVAL));
    value = _controlfp(value, mask);
    if (current) *current = value;
    return 0;
}

CRTAPI void _set_controlfp(unsigned value, unsigned mask)
{
    _controlfp(value, mask);
}

static unsigned status_flags(void)
{
    unsigned short x87;

    __asm__ volatile("fnstsw %0" : "=m"(x87));
    return flags_to_ours((get_mxcsr() | x87) & 0x3f);
}

CRTAPI unsigned _statusfp(void)
{
    return status_flags();
}

CRTAPI unsigned _clearfp(void)
{
    unsigned old = status_flags();

    __asm__ volatile("fnclex");
    set_mxcsr(get_mxcsr() & ~0x3f);
    return old;
}

CRTAPI void _fpreset(void)
{
    unsigned short x87 = 0x27f;

    __asm__ volatile("fninit\n\tfldcw %0" : : "m"(x87));
    set_mxcsr(0x1f80);
}

#ifdef __i386__
CRTAPI int __control87_2(unsigned value, unsigned mask, unsigned *x87, unsigned *sse)
{
    unsigned word = mask ? _control87(value, mask) : control_word();

    if (x87) *x87 = word;
    if (sse) *sse = word;
    return 1;
}

CRTAPI void _statusfp2(unsigned *x87, unsigned *sse)
{
    unsigned short word;

    __asm__ volatile("fnstsw %0" : "=m"(word));
    if (x87) *x87 = flags_to_ours(word & 0x3f);
    if (sse) *sse = flags_to_ours(get_mxcsr() & 0x3f);
}

CRTAPI int _set_SSE2_enable(int enable)
{
    return 1;
}
#endif

#ifndef FERRY_MSVCRT
/* ---- <fenv.h>: the flags are those of _statusfp ---- */

typedef struct {
    unsigned long control, status;
} environment;

#define FE_ALL 0x1f

CRTAPI int fegetround(void)
{
    return control_word() & RC_MASK;
}

CRTAPI int fesetround(int direction)
{
    if (direction & ~RC_MASK) return 1;
    _control87(direction, RC_MASK);
    return 0;
}

CRTAPI int fegetenv(environment *env)
{
    env->control = control_word();
    env->status = status_flags();
    return 0;
}

static void set_flags(unsigned flags)
{
    unsigned machine = 0;

    for (unsigned i = 0; i < ARRAYSIZE(exceptions); i++)
        if (flags & exceptions[i].ours) machine |= exceptions[i].machine;
    __asm__ volatile("fnclex");
    set_mxcsr((get_mxcsr() & ~0x3f) | machine);
}

CRTAPI int fesetenv(const environment *env)
{
    if (!env->control && !env->status) {
        _fpreset();
        return 0;
    }
    set_control_word(env->control);
    set_flags(env->status);
    return 0;
}

CRTAPI int feholdexcept(environment *env)
{
    fegetenv(env);
    set_flags(0);
    _control87(0x8001f, 0x8001f);
    return 0;
}

CRTAPI int fegetexceptflag(unsigned long *flags, int which)
{
    *flags = status_flags() & which & FE_ALL;
    return 0;
}

CRTAPI int fesetexceptflag(const unsigned long *flags, int which)
{
    which &= FE_ALL;
    set_flags((status_flags() & ~which) | (*flags & which));
    return 0;
}

CRTAPI int fetestexcept(int which)
{
    return status_flags() & which & FE_ALL;
}

CRTAPI int feclearexcept(int which)
{
    set_flags(status_flags() & ~(which & FE_ALL));
    return 0;
}

CRTAPI int __fpe_flt_rounds(void)
{
    switch (control_word() & RC_MASK) {
    case 0: return 1;
    case RC_UP: return 2;
    case RC_DOWN: return 3;
    default: return 0;
    }
}

CRTAPI int _get_FMA3_enable(void)
{
    return 0;
}

CRTAPI int _set_FMA3_enable(int enable)
{
    return 0;
}
#endif
