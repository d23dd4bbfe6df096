/* Security descriptors: checks of foreign ones, copies, resource manager control. */
#include "ntdll.h"

/* Checks one of `length` bytes that came from elsewhere: everything inside, what `required` names there. */
BOOLEAN NTAPI RtlValidRelativeSecurityDescriptor(void *descriptor, ULONG length, ULONG required)
{
    const SECURITY_DESCRIPTOR_RELATIVE *relative = descriptor;

    if (length < sizeof(*relative) || relative->Revision != SECURITY_DESCRIPTOR_REVISION || !(relative->Control & SE_SELF_RELATIVE))
        return FALSE;
    ULONG sids[] = { relative->Owner, relative->Group };
    ULONG acls[] = { relative->Control & SE_SACL_PRESENT ? relative->Sacl : 0, relative->Control & SE_DACL_PRESENT ? relative->Dacl : 0 };
    for (int i = 0; i < 2; i++) {
        if (!sids[i]) {
            if (required & (i ? GROUP_SECURITY_INFORMATION : OWNER_SECURITY_INFORMATION)) return FALSE;
            continue;
        }
        if (sids[i] & 3 || sids[i] < sizeof(*relative) || sids[i] > length || length - sids[i] < RtlLengthRequiredSid(0)) return FALSE;
        SID *sid = (SID *)((char *)descriptor + sids[i]);
        if (!RtlValidSid(sid) || RtlLengthSid(sid) > length - sids[i]) return FALSE;
    }
    for (int i = 0; i < 2; i++) {
        if (!acls[i]) continue;
        if (acls[i] & 3 || acls[i] < sizeof(*relative) || acls[i] > length || length - acls[i] < sizeof(ACL)) return FALSE;
        ACL *acl = (ACL *)((char *)descriptor + acls[i]);
        if (acl->AclSize > length - acls[i] || !RtlValidAcl(acl)) return FALSE;
    }
    return TRUE;
}

/* A new self-relative descriptor in heap memory. */
NTSTATUS NTAPI RtlCopySecurityDescriptor(void *from, void **to)
{
    ULONG size = 0;

    RtlMakeSelfRelativeSD(from, NULL, &size);
    if (!(*to = heap_allocate(size))) return STATUS_NO_MEMORY;
    return RtlMakeSelfRelativeSD(from, *to, &size);
}

NTSTATUS NTAPI RtlDeleteSecurityObject(void **descriptor)
{
    heap_free(*descriptor);
    *descriptor = NULL;
    return STATUS_SUCCESS;
}

BOOLEAN NTAPI RtlGetSecurityDescriptorRMControl(void *descriptor, UCHAR *control)
{
    if (!(((SECURITY_DESCRIPTOR *)descriptor)->Control & SE_RM_CONTROL_VALID)) {
        *control = 0;
        return FALSE;
    }
    *control = ((SECURITY_DESCRIPTOR *)descriptor)->Sbz1;
    return TRUE;
}

void NTAPI RtlSetSecurityDescriptorRMControl(void *descriptor, UCHAR *control)
{
    SECURITY_DESCRIPTOR *own = descriptor;

    if (control) {
        own->Control |= SE_RM_CONTROL_VALID;
        own->Sbz1 = *control;
    } else {
        own->Control &= ~SE_RM_CONTROL_VALID;
        own->Sbz1 = 0;
    }
}
