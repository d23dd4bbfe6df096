/* Walking the running thread's stack (winnt.h: RtlCaptureStackBackTrace). */
#include "except.h"

#ifdef _WIN64
#include "unwind.h"

static ULONG walk(void **frames, ULONG skip, ULONG room)
{
    CONTEXT context;
    ULONG count = 0;

    RtlCaptureContext(&context);
    while (count < room && context.Rip && on_stack(context.Rsp)) {
        ULONG64 base, frame;
        void *data;
        RUNTIME_FUNCTION *function = RtlLookupFunctionEntry(context.Rip, &base, NULL);

        RtlVirtualUnwind(UNW_FLAG_NHANDLER, base, context.Rip, function, &context, &data, &frame, NULL);
        if (!context.Rip) break;
        if (skip) skip--;
        else frames[count++] = (void *)context.Rip;
    }
    return count;
}
#else
static ULONG walk(void **frames, ULONG skip, ULONG room)
{
    NT_TIB *tib = &ferry_teb()->Tib;
    void **frame = __builtin_frame_address(0);
    ULONG count = 0;

    while (count < room && (void *)frame >= tib->StackLimit && (void *)(frame + 2) <= tib->StackBase &&
           !((ULONG_PTR)frame & 3) && frame[1]) {
        if (skip) skip--;
        else frames[count++] = frame[1];
        if ((void **)frame[0] <= frame) break;
        frame = frame[0];
    }
    return count;
}
#endif

/* Return addresses from the caller's on, `skip` left out; the number stored. hash: the sum of the addresses. */
USHORT NTAPI RtlCaptureStackBackTrace(ULONG skip, ULONG room, void **frames, ULONG *hash)
{
    ULONG count = walk(frames, skip + 1, min(room, 0xffff));

    if (hash) {
        *hash = 0;
        for (ULONG i = 0; i < count; i++) *hash += (ULONG)(ULONG_PTR)frames[i];
    }
    return (USHORT)count;
}

/* flags: the number of frames to skip stands in bits 8 to 31. */
ULONG NTAPI RtlWalkFrameChain(void **frames, ULONG room, ULONG flags)
{
    return walk(frames, (flags >> 8) + 1, room);
}
