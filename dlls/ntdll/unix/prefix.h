#ifndef HOST_PREFIX_H
#define HOST_PREFIX_H

/* Name of the user as Windows programs see it: $USER or the account's, without characters Windows forbids. */
const char *prefix_user_name(void);

#endif
