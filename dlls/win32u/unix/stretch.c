/* Rows of a source as they appear on a target: mirrored, enlarged, shrunk. */
#include "draw.h"

static int64_t map(int64_t position, int64_t size, int64_t source_size)
{
    return position * source_size / size;
}

/* The source position below a target position's middle (of two equally near the one further left or up), and the first target position that reaches a source position. */
static int64_t map_middle(int64_t position, int64_t size, int64_t source_size, bool flip)
{
    return ((2 * position + 1) * source_size - !flip) / (2 * size);
}

static int64_t first_reaching(int64_t source, int64_t size, int64_t source_size, bool flip)
{
    int64_t above = 2 * size * source + !flip - source_size;
    return above <= 0 ? 0 : (above + 2 * source_size - 1) / (2 * source_size);
}

/* Target positions whose source lies within [0, limit): narrows [*first, *last). */
static void narrow_axis(int start, int size, int source_start, int source_size, bool flip, int limit, int *first, int *last)
{
    int low = 0, high = source_size; /* what of the source rectangle exists */

    if (source_start < 0) low = -source_start;
    if (source_start + (int64_t)source_size > limit) high = limit - source_start;
    if (low >= high) {
        *last = *first;
        return;
    }
    if (flip) {
        int swap = low;
        low = source_size - high, high = source_size - swap;
    }
    int64_t a = first_reaching(low, size, source_size, flip), b = first_reaching(high, size, source_size, flip);
    if (start + a > *first) *first = (int)(start + a);
    if (start + b < *last) *last = (int)(start + b);
}

bool fetch_init(struct fetch *f, const struct dib *target, const struct dib *source, const struct translation *translation, int x,
                int y, int width, int height, int sx, int sy, int swidth, int sheight, int mode, pixman_box32_t *box)
{
    *f = (struct fetch){ .source = source, .target = target, .translation = translation, .mode = mode, .last_y = -1 };
    f->flip_x = (width < 0) != (swidth < 0);
    f->flip_y = (height < 0) != (sheight < 0);
    const int beyond = 0x10000000; /* any bitmap */
    if (abs(x) > beyond || abs(y) > beyond || width > beyond || width < -beyond || height > beyond || height < -beyond || abs(sx) > beyond ||
        abs(sy) > beyond || swidth > beyond || swidth < -beyond || sheight > beyond || sheight < -beyond)
        return false;
    if (width < 0) x += width + 1, width = -width;
    if (height < 0) y += height + 1, height = -height;
    if (swidth < 0) sx += swidth + 1, swidth = -swidth;
    if (sheight < 0) sy += sheight + 1, sheight = -sheight;
    f->x = x, f->y = y, f->width = width, f->height = height;
    f->sx = sx, f->sy = sy, f->swidth = swidth, f->sheight = sheight;
    if (!width || !height || !swidth || !sheight || !source->top) return false;
    if (width == swidth && height == sheight) f->mode = 0;
    else if (!f->mode) f->mode = COLORONCOLOR;
    *box = (pixman_box32_t){ x, y, x + width, y + height };
    narrow_axis(x, width, sx, swidth, f->flip_x, source->width, (int *)&box->x1, (int *)&box->x2);
    narrow_axis(y, height, sy, sheight, f->flip_y, source->height, (int *)&box->y1, (int *)&box->y2);
    if (box->x1 >= box->x2 || box->y1 >= box->y2) return false;
    f->row = malloc((size_t)(source->width + 1) * 4);
    return f->row != NULL;
}

void fetch_fini(struct fetch *f)
{
    free(f->row);
    free(f->sum);
    free(f->columns);
}

static void source_row(struct fetch *f, int sy)
{
    int first = f->sx < 0 ? 0 : f->sx, last = f->sx + f->swidth > f->source->width ? f->source->width : f->sx + f->swidth;

    if (f->last_y == sy) return;
    f->last_y = sy;
    dib_read(f->source, first, sy, last - first, f->row + first);
    if (f->translation) translate_row(f->translation, f->row + first, last - first);
}

/* The source positions that a target position covers: at least one. */
static void span(int position, int size, int start, int source_size, bool flip, int limit, int *first, int *last)
{
    int64_t a = map(position, size, source_size), b = map(position + 1, size, source_size);

    if (b <= a) b = a + 1;
    if (flip) {
        int64_t swap = a;
        a = source_size - b, b = source_size - swap;
    }
    a += start, b += start;
    *first = a < 0 ? 0 : (int)a;
    *last = b > limit ? limit : (int)b;
}

static void combine_row(struct fetch *f, int x1, int x2, int y, uint32_t *pixels)
{
    int top, bottom, left, right;
    bool and = f->mode == BLACKONWHITE;

    span(y - f->y, f->height, f->sy, f->sheight, f->flip_y, f->source->height, &top, &bottom);
    for (int sy = top; sy < bottom; sy++) {
        source_row(f, sy);
        for (int x = x1; x < x2; x++) {
            span(x - f->x, f->width, f->sx, f->swidth, f->flip_x, f->source->width, &left, &right);
            uint32_t value = f->row[left];
            for (int s = left + 1; s < right; s++) value = and ? value & f->row[s] : value | f->row[s];
            uint32_t *to = &pixels[x - x1];
            *to = sy == top ? value : and ? *to & value : *to | value;
        }
    }
}

/* The mean of what a target pixel covers, weighted by area; 16 parts a pixel. */
static void average_row(struct fetch *f, int x1, int x2, int y, uint32_t *pixels)
{
    double y_from = (double)(y - f->y) * f->sheight / f->height, y_to = (double)(y + 1 - f->y) * f->sheight / f->height;
    int count = x2 - x1;
    float *sum = realloc(f->sum, (size_t)count * 4 * sizeof(float));

    if (!sum) return;
    f->sum = (uint64_t *)sum;
    memset(sum, 0, (size_t)count * 4 * sizeof(float));
    for (int row = (int)y_from; row < y_to; row++) {
        double part_y = (row + 1 < y_to ? row + 1 : y_to) - (row > y_from ? row : y_from);
        int sy = f->sy + (f->flip_y ? f->sheight - 1 - row : row);
        if (part_y < 1e-6 || sy < 0 || sy >= f->source->height) continue;
        source_row(f, sy);
        for (int i = 0; i < count; i++) {
            double from = (double)(x1 + i - f->x) * f->swidth / f->width, to = (double)(x1 + i + 1 - f->x) * f->swidth / f->width;
            for (int column = (int)from; column < to; column++) {
                double part = (column + 1 < to ? column + 1 : to) - (column > from ? column : from);
                int sx = f->sx + (f->flip_x ? f->swidth - 1 - column : column);
                if (part < 1e-6 || sx < 0 || sx >= f->source->width) continue;
                uint32_t rgb = dib_to_rgb(f->target, f->row[sx]);
                float weight = (float)(part * part_y);
                sum[i * 4] += weight * (rgb >> 16 & 0xff);
                sum[i * 4 + 1] += weight * (rgb >> 8 & 0xff);
                sum[i * 4 + 2] += weight * (rgb & 0xff);
                sum[i * 4 + 3] += weight;
            }
        }
    }
    for (int i = 0; i < count; i++) {
        float weight = sum[i * 4 + 3] > 0 ? 1 / sum[i * 4 + 3] : 0;
        uint32_t rgb = (uint32_t)(sum[i * 4] * weight + 0.5f) << 16 | (uint32_t)(sum[i * 4 + 1] * weight + 0.5f) << 8 |
            (uint32_t)(sum[i * 4 + 2] * weight + 0.5f);
        pixels[i] = dib_from_rgb(f->target, rgb);
    }
}

void fetch_row(struct fetch *f, int x1, int x2, int y, uint32_t *pixels)
{
    if (!f->mode && !f->flip_x) {
        int sy = f->sy + (f->flip_y ? f->sheight - 1 - (y - f->y) : y - f->y);
        dib_read(f->source, f->sx + x1 - f->x, sy, x2 - x1, pixels);
        if (f->translation) translate_row(f->translation, pixels, x2 - x1);
        return;
    }
    bool shrinks = f->width < f->swidth || f->height < f->sheight;
    bool colors = f->target->bpp > 8 || f->target->mono;
    if ((f->mode == BLACKONWHITE || f->mode == WHITEONBLACK) && shrinks && colors && f->translation) {
        combine_row(f, x1, x2, y, pixels);
        return;
    }
    if (f->mode == HALFTONE && f->target->bpp > 8 && f->translation) {
        average_row(f, x1, x2, y, pixels);
        return;
    }
    int64_t row = map_middle(y - f->y, f->height, f->sheight, f->flip_y);
    source_row(f, f->sy + (int)(f->flip_y ? f->sheight - 1 - row : row));
    if (f->columns_from != x1 || f->columns_count < x2 - x1) {
        int64_t at = (2 * (int64_t)(x1 - f->x) + 1) * f->swidth - !f->flip_x, width = 2 * (int64_t)f->width;
        int64_t column = at / width, rest = at % width, whole = f->swidth / f->width, part = 2 * (int64_t)(f->swidth % f->width);
        int *columns = realloc(f->columns, (x2 - x1) * sizeof(*columns));
        if (!columns) return;
        f->columns = columns;
        f->columns_from = x1;
        f->columns_count = x2 - x1;
        for (int i = 0; i < x2 - x1; i++) {
            columns[i] = f->sx + (int)(f->flip_x ? f->swidth - 1 - column : column);
            column += whole;
            rest += part;
            if (rest >= width) rest -= width, column++;
        }
    }
    for (int i = 0; i < x2 - x1; i++) pixels[i] = f->row[f->columns[i]];
}
