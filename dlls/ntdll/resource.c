/* RTL_RESOURCE: a reader/writer lock that its owner may take again, made of a critical section and condition
 * variables inside the structure's fields.
 *
 * NumberActive: -n owned exclusively n times, n owned by n readers.
 */
#include "ntdll.h"

static RTL_CONDITION_VARIABLE *changed(RTL_RESOURCE *resource)
{
    return (RTL_CONDITION_VARIABLE *)&resource->SharedSemaphore;
}

void NTAPI RtlInitializeResource(RTL_RESOURCE *resource)
{
    memset(resource, 0, sizeof(*resource));
    RtlInitializeCriticalSection(&resource->CriticalSection);
}

void NTAPI RtlDeleteResource(RTL_RESOURCE *resource)
{
    RtlDeleteCriticalSection(&resource->CriticalSection);
}

static BOOLEAN acquire(RTL_RESOURCE *resource, bool exclusive, BOOLEAN wait)
{
    HANDLE self = ferry_teb()->ClientId.UniqueThread;
    BOOLEAN done = FALSE;

    RtlEnterCriticalSection(&resource->CriticalSection);
    for (;;) {
        if (resource->NumberActive < 0 && resource->ExclusiveOwnerThread == self) resource->NumberActive--, done = TRUE;
        else if (exclusive && !resource->NumberActive) resource->NumberActive = -1, done = TRUE;
        else if (!exclusive && resource->NumberActive >= 0 && !resource->ExclusiveWaiters) resource->NumberActive++, done = TRUE;
        if (done || !wait) break;
        if (exclusive) resource->ExclusiveWaiters++;
        else resource->SharedWaiters++;
        RtlSleepConditionVariableCS(changed(resource), &resource->CriticalSection, NULL);
        if (exclusive) resource->ExclusiveWaiters--;
        else resource->SharedWaiters--;
    }
    if (done && resource->NumberActive < 0) resource->ExclusiveOwnerThread = self;
    RtlLeaveCriticalSection(&resource->CriticalSection);
    return done;
}

/* `wait` FALSE: FALSE at once when the resource is not to be had. */
BOOLEAN NTAPI RtlAcquireResourceExclusive(RTL_RESOURCE *resource, BOOLEAN wait)
{
    return acquire(resource, true, wait);
}

BOOLEAN NTAPI RtlAcquireResourceShared(RTL_RESOURCE *resource, BOOLEAN wait)
{
    return acquire(resource, false, wait);
}

void NTAPI RtlReleaseResource(RTL_RESOURCE *resource)
{
    RtlEnterCriticalSection(&resource->CriticalSection);
    if (resource->NumberActive > 0) resource->NumberActive--;
    else if (resource->NumberActive < 0) resource->NumberActive++;
    if (!resource->NumberActive) {
        resource->ExclusiveOwnerThread = NULL;
        if (resource->ExclusiveWaiters || resource->SharedWaiters) RtlWakeAllConditionVariable(changed(resource));
    }
    RtlLeaveCriticalSection(&resource->CriticalSection);
}

void NTAPI RtlConvertExclusiveToShared(RTL_RESOURCE *resource)
{
    RtlEnterCriticalSection(&resource->CriticalSection);
    if (resource->NumberActive == -1) {
        resource->NumberActive = 1;
        resource->ExclusiveOwnerThread = NULL;
        RtlWakeAllConditionVariable(changed(resource));
    }
    RtlLeaveCriticalSection(&resource->CriticalSection);
}

void NTAPI RtlConvertSharedToExclusive(RTL_RESOURCE *resource)
{
    RtlReleaseResource(resource);
    RtlAcquireResourceExclusive(resource, TRUE);
}
